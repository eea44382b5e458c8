import type { Program } from "@trimtab/core";
import type { Program as WireProgram } from "./gen/trimtab/v1/session_pb.ts";
import { toWireRecord } from "./plain-value.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireRecord } from "./value.ts";

/** Puts a program on the wire. */
export const toWireProgram = (program: Program): WireProgram => ({
  $typeName: "trimtab.v1.Program",
  id: program.id,
  body: toWireRecord(program.body),
  createdAt: toTimestamp(program.createdAtMs),
  updatedAt: toTimestamp(program.updatedAtMs),
});

/**
 * Reads a program.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireProgram(program: WireProgram | undefined, path = "program"): Program {
  if (program === undefined) throw refuseMessage(path, "is required");
  return {
    id: program.id,
    body: fromWireRecord(program.body, `${path}.body`),
    createdAtMs: fromTimestamp(program.createdAt, `${path}.created_at`),
    updatedAtMs: fromTimestamp(program.updatedAt, `${path}.updated_at`),
  };
}
