import type { Client } from "@connectrpc/connect";
import type { Store } from "@trimtab/core";
import { encodeFlag, encodeRecord, encodeText, fromUint64, fromWireProgram } from "@trimtab/wire";
import type { ProgramService } from "@trimtab/wire/services";
import { encodePage, refuseExpectedVersion } from "./arguments.ts";
import type { Caller } from "./caller.ts";

type ProgramCalls = Pick<Store, "putProgram" | "getProgram" | "listPrograms" | "deleteProgram">;

/** The part of a store that deals with programs, over a transport. */
export const createProgramCalls = (client: Client<typeof ProgramService>, { call, context }: Caller): ProgramCalls => ({
  putProgram: (session, id, body, options) =>
    call(
      (to) =>
        client.putProgram(
          { ...encodeIds(session, id), body: encodeRecord(body, "body"), context: context(options) },
          to,
        ),
      ({ revision }) => ({ session, revision: fromUint64(revision, "revision") }),
    ),
  getProgram: (session, id) =>
    call(
      (to) => client.getProgram(encodeIds(session, id), to),
      (answer) => fromWireProgram(answer.program),
    ),
  listPrograms: (session, options = {}) =>
    call(
      (to) => client.listPrograms({ sessionId: encodeText(session, "session"), ...encodePage(options) }, to),
      ({ programs, nextPageToken }) => ({
        items: programs.map((program, index) => fromWireProgram(program, `programs[${index}]`)),
        ...(nextPageToken && { nextPageToken }),
      }),
    ),
  deleteProgram: (session, id, options = {}) =>
    call(
      (to) => {
        refuseExpectedVersion(options, "a program has no version");
        const allowMissing = encodeFlag(options.allowMissing, "allowMissing");
        return client.deleteProgram({ ...encodeIds(session, id), allowMissing, context: context(options) }, to);
      },
      ({ revision }) => ({ session, revision: fromUint64(revision, "revision") }),
    ),
});

const encodeIds = (session: string, id: string) => ({
  sessionId: encodeText(session, "session"),
  programId: encodeText(id, "program"),
});
