import type { Client } from "@connectrpc/connect";
import type { BatchOptions, Store, VariableChanges } from "@trimtab/core";
import {
  encodeFlag,
  encodeRecord,
  encodeText,
  encodeValue,
  encodeWhole,
  fromWireItems,
  fromWireVariable,
  fromWireWritten,
} from "@trimtab/wire";
import type { VariableService } from "@trimtab/wire/services";
import { readApplied, readReceipt } from "./answers.ts";
import { encodeExpected, encodeRef, encodeUpdates, refuseExpectedVersion } from "./arguments.ts";
import type { Caller } from "./caller.ts";

type VariableWrites = Pick<
  Store,
  "setVariable" | "setVariables" | "updateVariable" | "deleteVariable" | "deleteVariables"
>;

/** The part of a store that changes variables, over a transport. */
export const createVariableWrites = (client: Client<typeof VariableService>, caller: Caller): VariableWrites => ({
  ...createSets(client, caller),
  ...createDeletions(client, caller),
});

const createSets = (
  client: Client<typeof VariableService>,
  { call, context }: Caller,
): Pick<Store, "setVariable" | "setVariables" | "updateVariable"> => ({
  setVariable: (session, ref, value, options = {}) =>
    call(
      (to) =>
        client.setVariable(
          {
            ...encodeRef(session, ref),
            value: encodeValue(value, ref || "value"),
            ...encodeExpected(options),
            context: context(options),
          },
          to,
        ),
      (answer) => fromWireWritten(answer.written, readReceipt(session, answer, ref)),
    ),
  setVariables: (session, updates, options = {}) =>
    call(
      (to) =>
        client.batchSetVariables(
          {
            sessionId: encodeText(session, "session"),
            updates: encodeUpdates(updates),
            ...encodeBatch(options),
            context: context(options),
          },
          to,
        ),
      (answer) => {
        const [ref] = [...Object.keys(answer.applied), ...Object.keys(answer.refused)];
        const receipt = readReceipt(session, answer, ref);
        return { ...receipt, applied: readApplied(answer.applied, receipt), refused: fromWireItems(answer.refused) };
      },
    ),
  updateVariable: (session, ref, changes, options = {}) =>
    call(
      (to) =>
        client.updateVariable(
          {
            ...encodeRef(session, ref),
            ...encodeChanges(changes),
            ...encodeExpected(options),
            context: context(options),
          },
          to,
        ),
      (answer) => fromWireVariable(answer.variable),
    ),
});

const createDeletions = (
  client: Client<typeof VariableService>,
  { call, context }: Caller,
): Pick<Store, "deleteVariable" | "deleteVariables"> => ({
  deleteVariable: (session, ref, options = {}) =>
    call(
      (to) =>
        client.deleteVariable(
          {
            ...encodeRef(session, ref),
            allowMissing: encodeFlag(options.allowMissing, "allowMissing"),
            cascade: encodeFlag(options.cascade, "cascade"),
            ...encodeExpected(options),
            context: context(options),
          },
          to,
        ),
      (answer) => readReceipt(session, answer, ref),
    ),
  deleteVariables: (session, refs, options = {}) =>
    call(
      (to) => {
        refuseExpectedVersion(options, "delete one variable to check its version");
        return client.batchDeleteVariables(
          {
            sessionId: encodeText(session, "session"),
            variables: refs.map((ref) => encodeText(ref, "refs")),
            allowMissing: encodeFlag(options.allowMissing, "allowMissing"),
            cascade: encodeFlag(options.cascade, "cascade"),
            context: context(options),
          },
          to,
        );
      },
      (answer) => readReceipt(session, answer, refs[0]),
    ),
});

const encodeBatch = ({ atomic, expectedVersions = {} }: BatchOptions) => ({
  allowPartial: atomic !== undefined && !encodeFlag(atomic, "atomic"),
  expectedVersions: Object.fromEntries(
    Object.entries(expectedVersions).map(([ref, version]) => [
      encodeText(ref, "expectedVersions"),
      encodeWhole(version, "expectedVersion"),
    ]),
  ),
});

function encodeChanges({ description, metadata, constraints }: VariableChanges) {
  const given = Object.entries({ description, metadata, constraints }).filter(([, change]) => change !== undefined);
  return {
    description: encodeText(description ?? "", "description"),
    metadata: encodeRecord(metadata, "metadata"),
    constraints: encodeRecord(constraints, "constraints"),
    updateMask: { paths: given.map(([field]) => field) },
  };
}
