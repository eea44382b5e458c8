import type { ServiceImpl } from "@connectrpc/connect";
import type { Store } from "@trimtab/core";
import { fromWireContext, fromWireRecord, toUint64, toWireProgram } from "@trimtab/wire";
import type { ProgramService } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { sessionOf } from "./request-parts.ts";

/** Serves a store's programs. */
export function createProgramService(store: Store, { unary }: Calls): ServiceImpl<typeof ProgramService> {
  return {
    putProgram: unary(async (request) => {
      const { revision } = await store.putProgram(
        sessionOf(request),
        required(request.programId, "program_id"),
        fromWireRecord(request.body, "body"),
        fromWireContext(request.context),
      );
      return { revision: toUint64(revision) };
    }),
    getProgram: unary(async (request) => ({
      program: toWireProgram(await store.getProgram(sessionOf(request), required(request.programId, "program_id"))),
    })),
    listPrograms: unary(async (request) => {
      const page = await store.listPrograms(sessionOf(request), toPageOptions(request, {}));
      return { programs: page.items.map(toWireProgram), nextPageToken: page.nextPageToken ?? "" };
    }),
    deleteProgram: unary(async (request) => {
      const { revision } = await store.deleteProgram(sessionOf(request), required(request.programId, "program_id"), {
        ...fromWireContext(request.context),
        allowMissing: request.allowMissing,
      });
      return { revision: toUint64(revision) };
    }),
  };
}
