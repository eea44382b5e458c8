import type { Client } from "@connectrpc/connect";
import type { RollbackSessionOptions, Store, VariableRollback } from "@trimtab/core";
import {
  encodeFlag,
  encodeText,
  encodeWhole,
  fromUint64,
  fromWireWritten,
  toWirePoint,
  toWireVersionPoint,
} from "@trimtab/wire";
import type { HistoryService } from "@trimtab/wire/services";
import { readApplied, readReceipt } from "./answers.ts";
import { encodeExpected, encodeExpectedRevision, encodeFilter, encodeRef } from "./arguments.ts";
import type { Caller } from "./caller.ts";

type RollbackCalls = Pick<Store, "rollbackVariable" | "rollbackVariables" | "rollbackSession">;

/** The part of a store that goes back to what was, over a transport. */
export const createRollbackCalls = (
  client: Client<typeof HistoryService>,
  { call, context }: Caller,
): RollbackCalls => ({
  rollbackVariable: (session, ref, to, options = {}) =>
    call(
      (how) => {
        const what = { ...encodeRef(session, ref), to: toWireVersionPoint(to), ...encodeExpected(options) };
        return client.rollbackVariable({ ...what, context: context(options) }, how);
      },
      (answer) => {
        const receipt = readReceipt(session, answer, ref);
        return {
          ...receipt,
          written: fromWireWritten(answer.written, receipt),
          rolledBackFrom: fromUint64(answer.rolledBackFrom, "rolled_back_from"),
          rolledBackTo: fromUint64(answer.rolledBackTo, "rolled_back_to"),
        };
      },
    ),
  rollbackVariables: (session, rollbacks, options) =>
    call(
      (how) => {
        const what = { sessionId: encodeText(session, "session"), rollbacks: rollbacks.map(encodeRollback) };
        return client.batchRollbackVariables({ ...what, context: context(options) }, how);
      },
      (answer) => {
        const receipt = readReceipt(session, answer, rollbacks[0]?.ref);
        return { ...receipt, applied: readApplied(answer.applied, receipt) };
      },
    ),
  rollbackSession: (session, to, options = {}) =>
    call(
      (how) => {
        const what = { sessionId: encodeText(session, "session"), to: toWirePoint(to), ...encodeSession(options) };
        return client.rollbackSession({ ...what, context: context(options) }, how);
      },
      (answer) => {
        const receipt = readReceipt(session, answer);
        return {
          ...receipt,
          applied: readApplied(answer.applied, receipt),
          deleted: answer.deleted,
          restored: new Map(Object.entries(answer.restored)),
          rolledBackTo: fromUint64(answer.rolledBackTo, "rolled_back_to"),
        };
      },
    ),
});

const encodeRollback = ({ ref, version, ...options }: VariableRollback) => ({
  variable: encodeText(ref, "ref"),
  version: encodeWhole(version, "version"),
  ...encodeExpected(options),
});

const encodeSession = (options: RollbackSessionOptions) => ({
  pattern: encodeFilter(options.pattern, "pattern"),
  deleteNew: encodeFlag(options.deleteNew, "deleteNew"),
  restoreDeleted: encodeFlag(options.restoreDeleted, "restoreDeleted"),
  restoreSurroundings: encodeFlag(options.restoreSurroundings, "restoreSurroundings"),
  restorePermissions: encodeFlag(options.restorePermissions, "restorePermissions"),
  validateOnly: encodeFlag(options.validateOnly, "validateOnly"),
  ...encodeExpectedRevision(options),
});
