import type { ServiceImpl } from "@connectrpc/connect";
import type { Store } from "@trimtab/core";
import {
  fromUint64,
  fromWireContext,
  fromWireRecord,
  present,
  toUint64,
  toWireConfiguration,
  toWireSpace,
  toWireWritten,
} from "@trimtab/wire";
import type { ConfigurationSpaceService } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { mapEntries, sessionOf, toExpected, toUpdates } from "./request-parts.ts";

type Methods<Name extends keyof ServiceImpl<typeof ConfigurationSpaceService>> = Pick<
  ServiceImpl<typeof ConfigurationSpaceService>,
  Name
>;

/** Serves a store's configuration spaces. */
export const createConfigurationSpaceService = (
  store: Store,
  calls: Calls,
): ServiceImpl<typeof ConfigurationSpaceService> => ({ ...definitions(store, calls), ...configurations(store, calls) });

const definitions = (
  store: Store,
  { unary }: Calls,
): Methods<
  "putConfigurationSpace" | "getConfigurationSpace" | "listConfigurationSpaces" | "deleteConfigurationSpace"
> => ({
  putConfigurationSpace: unary(async (request) => {
    const { name, description, variables } = request;
    const { space, revision } = await store.putConfigurationSpace(
      sessionOf(request),
      { name, description, variables, metadata: fromWireRecord(request.metadata, "metadata") },
      present({ ...fromWireContext(request.context), expectedVersion: toExpected(request.expectedVersion) }),
    );
    return { space: toWireSpace(space), revision: toUint64(revision) };
  }),
  getConfigurationSpace: unary(async (request) => ({
    space: toWireSpace(await store.getConfigurationSpace(sessionOf(request), required(request.name, "name"))),
  })),
  listConfigurationSpaces: unary(async (request) => {
    const options = toPageOptions(request, { pattern: request.pattern || undefined });
    const page = await store.listConfigurationSpaces(sessionOf(request), options);
    return {
      spaces: page.items.map(toWireSpace),
      nextPageToken: page.nextPageToken ?? "",
      revision: toUint64(page.revision),
    };
  }),
  deleteConfigurationSpace: unary(async (request) => {
    const { revision } = await store.deleteConfigurationSpace(sessionOf(request), required(request.name, "name"), {
      ...fromWireContext(request.context),
      allowMissing: request.allowMissing,
    });
    return { revision: toUint64(revision) };
  }),
});

const configurations = (
  store: Store,
  { unary }: Calls,
): Methods<"getConfiguration" | "applyConfiguration" | "sampleConfigurations"> => ({
  getConfiguration: unary(async (request) => {
    const read = await store.getConfiguration(sessionOf(request), required(request.name, "name"));
    return {
      configuration: toWireConfiguration(read.values),
      version: toUint64(read.version),
      revision: toUint64(read.revision),
    };
  }),
  applyConfiguration: unary(async (request) => {
    const { applied, version, revision } = await store.applyConfiguration(
      sessionOf(request),
      required(request.name, "name"),
      toUpdates(request.updates),
      present({
        ...fromWireContext(request.context),
        allowIncomplete: request.allowIncomplete,
        expectedVersion: toExpected(request.expectedVersion),
        validateOnly: request.validateOnly,
      }),
    );
    return {
      applied: mapEntries(applied, toWireWritten),
      version: toUint64(version),
      revision: toUint64(revision),
    };
  }),
  sampleConfigurations: unary(async (request) => {
    const { configurations, seed, revision } = await store.sampleConfigurations(
      sessionOf(request),
      required(request.name, "name"),
      present({
        count: request.count || undefined,
        seed: request.seed === undefined ? undefined : fromUint64(request.seed, "seed"),
      }),
    );
    return {
      configurations: configurations.map(toWireConfiguration),
      seed: toUint64(seed),
      revision: toUint64(revision),
    };
  }),
});
