import type { Client } from "@connectrpc/connect";
import type { BatchOptions, SetOptions, Store, Updates, Value, VariableChanges } from "@trimtab/core";
import {
  encodeFlag,
  encodeRecord,
  encodeText,
  encodeValue,
  encodeWhole,
  fromUint64,
  fromWireItems,
  fromWireVariable,
  fromWireWritten,
} from "@trimtab/wire";
import type { VariableService } from "@trimtab/wire/services";
import { refuseExpectedVersion } from "./arguments.ts";
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
      ({ written, revision }) => fromWireWritten(written, { session, revision: fromUint64(revision, "revision") }),
    ),
  setVariables: (session, updates, options = {}) =>
    call(
      (to) =>
        client.batchSetVariables(
          {
            sessionId: encodeText(session, "session"),
            updates: entriesOf(updates).map(([ref, value]) => ({
              variable: encodeText(ref, "updates"),
              value: encodeValue(value, ref || "value"),
            })),
            ...encodeBatch(options),
            context: context(options),
          },
          to,
        ),
      (answer) => {
        const receipt = { session, revision: fromUint64(answer.revision, "revision") };
        const applied = Object.entries(answer.applied).map(
          ([ref, written]) => [ref, fromWireWritten(written, receipt, `applied.${ref}`)] as const,
        );
        return { ...receipt, applied: new Map(applied), refused: fromWireItems(answer.refused) };
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
            ...encodeExpected(options),
            context: context(options),
          },
          to,
        ),
      ({ revision }) => ({ session, revision: fromUint64(revision, "revision") }),
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
            context: context(options),
          },
          to,
        );
      },
      ({ revision }) => ({ session, revision: fromUint64(revision, "revision") }),
    ),
});

const encodeRef = (session: string, ref: string) => ({
  sessionId: encodeText(session, "session"),
  variable: encodeText(ref, "ref"),
});

const encodeExpected = ({ expectedVersion }: SetOptions) =>
  expectedVersion === undefined ? {} : { expectedVersion: encodeWhole(expectedVersion, "expectedVersion") };

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

/** Updates as entries, whichever form they came in. */
function entriesOf(updates: Updates): (readonly [string, Value])[] {
  if (Symbol.iterator in updates) return [...(updates as Iterable<readonly [string, Value]>)];
  return Object.entries(updates as Readonly<Record<string, Value>>);
}
