import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type AnalyticsStore,
  type BatchOptions,
  type DependencyView,
  type Found,
  type ListVariablesOptions,
  type StatsFound,
  type Store,
  storeError,
  type TypeRegistry,
  type Variable,
  type VariableChanges,
} from "@trimtab/core";
import {
  fromUint64,
  fromWantedOrigin,
  fromWireContext,
  fromWireIfExists,
  fromWirePlain,
  fromWireRecord,
  fromWireSpec,
  fromWireVariableOrder,
  present,
  toUint64,
  toWireDependency,
  toWireItems,
  toWireVariable,
  toWireVariableStats,
  toWireWritten,
} from "@trimtab/wire";
import {
  type BatchSetVariablesRequest,
  type GetVariableResponse,
  GetVariableResponseSchema,
  type ListVariablesRequest,
  type UpdateVariableRequest,
  type VariableDependenciesSchema,
  type VariableService,
} from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { mapEntries, sessionOf, toExpected, toUpdates } from "./request-parts.ts";
import { readUpdateMask } from "./update-mask.ts";
import { describeTypes } from "./variable-type-info.ts";

/** What the service answers from, beside the store. */
export interface VariableParts {
  readonly types: TypeRegistry | undefined;
  readonly analytics: AnalyticsStore | undefined;
}

/** Serves a store's variables, and the types that the process knows. */
export function createVariableService(
  store: Store,
  calls: Calls,
  { types, analytics }: VariableParts,
): Partial<ServiceImpl<typeof VariableService>> {
  return {
    ...registrations(store, calls),
    ...reads(store, calls, analytics),
    ...writes(store, calls),
    ...listing(types, calls),
  };
}

type Methods<Name extends keyof ServiceImpl<typeof VariableService>> = Pick<ServiceImpl<typeof VariableService>, Name>;

const registrations = (store: Store, { unary }: Calls): Methods<"registerVariable" | "batchRegisterVariables"> => ({
  registerVariable: unary(async (request) => {
    const { variable, revision } = await store.registerVariable(sessionOf(request), fromWireSpec(request.spec), {
      ...fromWireContext(request.context),
      ifExists: fromWireIfExists(request.ifExists),
    });
    return { variable: toWireVariable(variable), revision: toUint64(revision) };
  }),
  batchRegisterVariables: unary(async (request) => {
    const { ids, revision } = await store.registerVariables(
      sessionOf(request),
      request.specs.map((spec, index) => fromWireSpec(spec, `specs[${index}]`)),
      { ...fromWireContext(request.context), ifExists: fromWireIfExists(request.ifExists) },
    );
    return { ids: Object.fromEntries(ids), revision: toUint64(revision) };
  }),
});

const reads = (
  store: Store,
  { unary }: Calls,
  analytics: AnalyticsStore | undefined,
): Methods<"getVariable" | "batchGetVariables" | "listVariables"> => ({
  getVariable: unary(async (request) =>
    toVariableAnswer(await store.getVariable(sessionOf(request), required(request.variable, "variable"))),
  ),
  batchGetVariables: unary(async (request) => {
    const session = sessionOf(request);
    if (request.includeStats && analytics === undefined) {
      const feature = { feature: "include_stats" };
      throw storeError("unimplemented", "include_stats is not supported by this server", feature);
    }
    const wanted = { includeMetadata: !request.omitMetadata, includeDependencies: request.includeDependencies };
    const read: Found & Partial<Pick<StatsFound, "stats">> =
      request.includeStats && analytics !== undefined
        ? await analytics.getVariablesWithStats(session, request.variables, wanted)
        : await store.getVariables(session, request.variables, wanted);
    return {
      variables: mapEntries(read.found, toWireVariable),
      missing: [...read.missing],
      revision: toUint64(read.revision),
      ...(read.stats !== undefined && { stats: mapEntries(read.stats, toWireVariableStats) }),
      ...(read.dependencies !== undefined && { dependencies: mapEntries(read.dependencies, toDependencies) }),
    };
  }),
  listVariables: unary(async (request) => {
    const page = await store.listVariables(sessionOf(request), toListOptions(request));
    return {
      variables: page.items.map(toWireVariable),
      nextPageToken: page.nextPageToken ?? "",
      revision: toUint64(page.revision),
    };
  }),
});

const toDependencies = (
  dependencies: readonly DependencyView[],
): MessageInitShape<typeof VariableDependenciesSchema> => ({
  dependencies: dependencies.map(toWireDependency),
});

// Variables are read far more often than they change: one variable gives the same answer, which is encoded once.
const answers = new WeakMap<Variable, GetVariableResponse>();

function toVariableAnswer(variable: Variable): GetVariableResponse {
  let answer = answers.get(variable);
  if (answer === undefined) {
    answer = create(GetVariableResponseSchema, { variable: toWireVariable(variable) });
    answers.set(variable, answer);
  }
  return answer;
}

const writes = (
  store: Store,
  { unary }: Calls,
): Methods<"setVariable" | "batchSetVariables" | "updateVariable" | "deleteVariable" | "batchDeleteVariables"> => ({
  setVariable: unary(async (request) => {
    const written = await store.setVariable(
      sessionOf(request),
      required(request.variable, "variable"),
      fromWirePlain(request.value, "value"),
      present({ ...fromWireContext(request.context), expectedVersion: toExpected(request.expectedVersion) }),
    );
    return { written: toWireWritten(written), revision: toUint64(written.revision) };
  }),
  batchSetVariables: unary(async (request) => {
    const { applied, refused, revision } = await store.setVariables(
      sessionOf(request),
      toUpdates(request.updates),
      toBatchOptions(request),
    );
    return {
      applied: mapEntries(applied, toWireWritten),
      refused: toWireItems(refused),
      revision: toUint64(revision),
    };
  }),
  updateVariable: unary(async (request) => ({
    variable: toWireVariable(
      await store.updateVariable(
        sessionOf(request),
        required(request.variable, "variable"),
        toChanges(request),
        present({ ...fromWireContext(request.context), expectedVersion: toExpected(request.expectedVersion) }),
      ),
    ),
  })),
  deleteVariable: unary(async (request) => {
    const { revision } = await store.deleteVariable(
      sessionOf(request),
      required(request.variable, "variable"),
      present({
        ...fromWireContext(request.context),
        allowMissing: request.allowMissing,
        cascade: request.cascade,
        expectedVersion: toExpected(request.expectedVersion),
      }),
    );
    return { revision: toUint64(revision) };
  }),
  batchDeleteVariables: unary(async (request) => {
    const { revision } = await store.deleteVariables(sessionOf(request), request.variables, {
      ...fromWireContext(request.context),
      allowMissing: request.allowMissing,
      cascade: request.cascade,
    });
    return { revision: toUint64(revision) };
  }),
});

/** Without a registry the call is left out, and so answered as one that this server does not serve. */
const listing = (types: TypeRegistry | undefined, { unary }: Calls): Partial<Methods<"listVariableTypes">> =>
  types === undefined ? {} : { listVariableTypes: unary(async () => ({ types: describeTypes(types) })) };

const toListOptions = (request: ListVariablesRequest): ListVariablesOptions =>
  toPageOptions(request, {
    pattern: request.pattern || undefined,
    type: request.type || undefined,
    origin: fromWantedOrigin(request.origin, "origin"),
    metadata: fromWireRecord(request.metadata, "metadata"),
    includeMetadata: !request.omitMetadata,
    orderBy: fromWireVariableOrder(request.orderBy),
  });

const toBatchOptions = (request: BatchSetVariablesRequest): BatchOptions => ({
  ...fromWireContext(request.context),
  atomic: !request.allowPartial,
  expectedVersions: Object.fromEntries(
    Object.entries(request.expectedVersions).map(([ref, version]) => [
      ref,
      fromUint64(version, `expected_versions.${ref}`),
    ]),
  ),
});

function toChanges(request: UpdateVariableRequest): VariableChanges {
  const mask = readUpdateMask(request.updateMask, ["description", "metadata", "constraints"]);
  return present({
    description: mask.has("description") ? request.description : undefined,
    metadata: mask.has("metadata") ? fromWireRecord(request.metadata, "metadata") : undefined,
    constraints: mask.has("constraints") ? fromWireRecord(request.constraints, "constraints") : undefined,
  });
}
