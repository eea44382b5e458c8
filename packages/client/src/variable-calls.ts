import type { Client } from "@connectrpc/connect";
import type { ListVariablesOptions, Store } from "@trimtab/core";
import {
  encodeRecord,
  encodeText,
  fromUint64,
  fromWireVariable,
  toWireIfExists,
  toWireOrigin,
  toWireSpec,
  toWireVariableOrder,
} from "@trimtab/wire";
import type { VariableService } from "@trimtab/wire/services";
import { encodeFilter, encodePage } from "./arguments.ts";
import { encodeBatchRead, readFound } from "./batch-read.ts";
import type { Caller } from "./caller.ts";
import { createVariableWrites } from "./variable-writes.ts";

type VariableCalls = Pick<
  Store,
  "registerVariable" | "registerVariables" | "getVariable" | "getVariables" | "listVariables"
> &
  ReturnType<typeof createVariableWrites>;

/** The part of a store that deals with variables, over a transport. */
export const createVariableCalls = (client: Client<typeof VariableService>, caller: Caller): VariableCalls => ({
  ...createRegistrations(client, caller),
  ...createReads(client, caller),
  ...createVariableWrites(client, caller),
});

const createRegistrations = (
  client: Client<typeof VariableService>,
  { call, context }: Caller,
): Pick<Store, "registerVariable" | "registerVariables"> => ({
  registerVariable: (session, spec, options = {}) =>
    call(
      (to) => {
        const how = { ifExists: toWireIfExists(options.ifExists), context: context(options) };
        return client.registerVariable(
          { sessionId: encodeText(session, "session"), spec: toWireSpec(spec), ...how },
          to,
        );
      },
      ({ variable, revision }) => ({
        session,
        revision: fromUint64(revision, "revision"),
        variable: fromWireVariable(variable),
      }),
    ),
  registerVariables: (session, specs, options = {}) =>
    call(
      (to) => {
        const how = { ifExists: toWireIfExists(options.ifExists), context: context(options) };
        return client.batchRegisterVariables(
          { sessionId: encodeText(session, "session"), specs: specs.map(toWireSpec), ...how },
          to,
        );
      },
      ({ ids, revision }) => ({
        session,
        revision: fromUint64(revision, "revision"),
        ids: new Map(Object.entries(ids)),
      }),
    ),
});

const createReads = (
  client: Client<typeof VariableService>,
  { call }: Caller,
): Pick<Store, "getVariable" | "getVariables" | "listVariables"> => ({
  getVariable: (session, ref) =>
    call(
      (to) => client.getVariable({ sessionId: encodeText(session, "session"), variable: encodeText(ref, "ref") }, to),
      (answer) => fromWireVariable(answer.variable),
    ),
  getVariables: (session, refs, options = {}) =>
    call(
      (to) => client.batchGetVariables(encodeBatchRead(session, refs, options), to),
      (answer) => readFound(answer, options),
    ),
  listVariables: (session, options = {}) =>
    call(
      (to) => client.listVariables({ sessionId: encodeText(session, "session"), ...encodeListing(options) }, to),
      ({ variables, nextPageToken, revision }) => ({
        items: variables.map((variable, index) => fromWireVariable(variable, `variables[${index}]`)),
        ...(nextPageToken && { nextPageToken }),
        revision: fromUint64(revision, "revision"),
      }),
    ),
});

const encodeListing = (options: ListVariablesOptions) => ({
  ...encodePage(options),
  pattern: encodeFilter(options.pattern, "pattern"),
  type: encodeFilter(options.type, "type"),
  metadata: encodeRecord(options.metadata, "metadata"),
  omitMetadata: options.includeMetadata === false,
  ...(options.origin !== undefined && { origin: toWireOrigin(options.origin) }),
  ...(options.orderBy !== undefined && { orderBy: toWireVariableOrder(options.orderBy) }),
});
