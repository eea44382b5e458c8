import { type Store, storeError } from "@trimtab/core";
import { pageAfter } from "./paging.ts";
import type { Sessions } from "./sessions.ts";

/** The part of a store that deals with programs. */
export function createProgramOperations(
  sessions: Sessions,
): Pick<Store, "putProgram" | "getProgram" | "listPrograms" | "deleteProgram"> {
  return {
    async putProgram(session, id, body, by = {}) {
      const { revision } = await sessions.write(session, [{ kind: "put-program", id, body }], by);
      return { session, revision };
    },
    getProgram: (session, id) =>
      sessions.access(session, ({ runtime }) => {
        const program = runtime.state.programs.get(id);
        if (program !== undefined) return program;
        throw storeError("not_found", `Program '${id}' not found`, { resource: "program", id });
      }),
    listPrograms: (session, page = {}) =>
      sessions.access(session, ({ runtime }) => {
        const programs = [...runtime.state.programs.values()].sort(
          (a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1),
        );
        return pageAfter(programs, page, (program) => [program.createdAtMs, program.id]);
      }),
    async deleteProgram(session, id, { allowMissing = false, expectedVersion, ...by } = {}) {
      if (expectedVersion !== undefined) {
        throw storeError("invalid_argument", "expectedVersion: a program has no version", { field: "expectedVersion" });
      }
      const { revision } = await sessions.write(session, [{ kind: "delete-program", id, allowMissing }], by);
      return { session, revision };
    },
  };
}
