import type { ServiceImpl } from "@connectrpc/connect";
import type { Store } from "@trimtab/core";
import {
  fromUint64,
  fromWireContext,
  fromWirePoint,
  fromWireVersionPoint,
  present,
  toUint64,
  toWireWritten,
} from "@trimtab/wire";
import type { HistoryService, VariableRollback } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { pointOrPresent } from "./present-point.ts";
import { mapEntries, sessionOf, toExpected } from "./request-parts.ts";

type RollbackMethods = Pick<
  ServiceImpl<typeof HistoryService>,
  "rollbackVariable" | "batchRollbackVariables" | "rollbackSession"
>;

/** Serves the way back to a store's past. */
export const createRollbackMethods = (store: Store, { unary }: Calls): RollbackMethods => ({
  rollbackVariable: unary(async (request) => {
    const session = sessionOf(request);
    const variable = required(request.variable, "variable");
    const done = await store.rollbackVariable(
      session,
      variable,
      await pointOrPresent(store, session, fromWireVersionPoint(request.to, "to"), variable),
      present({ ...fromWireContext(request.context), expectedVersion: toExpected(request.expectedVersion) }),
    );
    return {
      written: toWireWritten(done.written),
      rolledBackFrom: toUint64(done.rolledBackFrom),
      rolledBackTo: toUint64(done.rolledBackTo),
      revision: toUint64(done.revision),
    };
  }),
  batchRollbackVariables: unary(async (request) => {
    const { applied, revision } = await store.rollbackVariables(
      sessionOf(request),
      request.rollbacks.map(toRollback),
      fromWireContext(request.context),
    );
    return { applied: mapEntries(applied, toWireWritten), revision: toUint64(revision) };
  }),
  rollbackSession: unary(async (request) => {
    const session = sessionOf(request);
    const done = await store.rollbackSession(
      session,
      await pointOrPresent(store, session, fromWirePoint(request.to, "to")),
      present({
        ...fromWireContext(request.context),
        pattern: request.pattern || undefined,
        deleteNew: request.deleteNew,
        restoreDeleted: request.restoreDeleted,
        restoreSurroundings: request.restoreSurroundings,
        restorePermissions: request.restorePermissions,
        expectedRevision: toExpected(request.expectedRevision, "expected_revision"),
        validateOnly: request.validateOnly,
      }),
    );
    return {
      applied: mapEntries(done.applied, toWireWritten),
      deleted: [...done.deleted],
      restored: Object.fromEntries(done.restored),
      rolledBackTo: toUint64(done.rolledBackTo),
      revision: toUint64(done.revision),
    };
  }),
});

const toRollback = ({ variable, version, expectedVersion }: VariableRollback, index: number) =>
  present({
    ref: required(variable, `rollbacks[${index}].variable`),
    version: fromUint64(version, `rollbacks[${index}].version`),
    expectedVersion: toExpected(expectedVersion, `rollbacks[${index}].expected_version`),
  });
