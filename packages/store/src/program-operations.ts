import { type Store, StoreError, unknownProgram } from "@trimtab/core";
import { refuseExpectedVersion } from "./expectations.ts";
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
        if (program === undefined) throw new StoreError(unknownProgram(id));
        const metadata = { session_id: session, program_id: id };
        if (sessions.telemetry.isHeard)
          sessions.telemetry.emit({ kind: "trimtab.program.retrieved", measurements: { count: 1 }, metadata });
        return program;
      }),
    listPrograms: (session, page = {}) =>
      sessions.access(session, ({ runtime }) => {
        const programs = [...runtime.state.programs.values()];
        return pageAfter(programs, page, (program) => [program.createdAtMs, program.id]);
      }),
    async deleteProgram(session, id, { allowMissing = false, expectedVersion, ...by } = {}) {
      refuseExpectedVersion(expectedVersion, "a program has no version");
      const { revision } = await sessions.write(session, [{ kind: "delete-program", id, allowMissing }], by);
      return { session, revision };
    },
  };
}
