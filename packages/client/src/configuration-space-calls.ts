import type { Client } from "@connectrpc/connect";
import type { ApplyOptions, SampleOptions, SpaceSpec, Store } from "@trimtab/core";
import {
  encodeFlag,
  encodeRecord,
  encodeText,
  encodeWhole,
  fromUint64,
  fromWireConfiguration,
  fromWireSpace,
} from "@trimtab/wire";
import type { ConfigurationSpaceService } from "@trimtab/wire/services";
import { readApplied, readPage, readReceipt } from "./answers.ts";
import {
  checkedRange,
  encodeExpected,
  encodeFilter,
  encodeName,
  encodePage,
  encodeUpdates,
  refuseExpectedVersion,
} from "./arguments.ts";
import type { Caller } from "./caller.ts";

type Definitions = Pick<
  Store,
  "putConfigurationSpace" | "getConfigurationSpace" | "listConfigurationSpaces" | "deleteConfigurationSpace"
>;
type Configurations = Pick<Store, "getConfiguration" | "applyConfiguration" | "sampleConfigurations">;

/** The part of a store that deals with configuration spaces, over a transport. */
export const createConfigurationSpaceCalls = (
  client: Client<typeof ConfigurationSpaceService>,
  caller: Caller,
): Definitions & Configurations => ({ ...createDefinitions(client, caller), ...createConfigurations(client, caller) });

const createDefinitions = (
  client: Client<typeof ConfigurationSpaceService>,
  { call, context }: Caller,
): Definitions => ({
  putConfigurationSpace: (session, space, options = {}) =>
    call(
      (to) =>
        client.putConfigurationSpace(
          {
            sessionId: encodeText(session, "session"),
            ...encodeSpace(space),
            ...encodeExpected(options),
            context: context(options),
          },
          to,
        ),
      (answer) => ({ ...readReceipt(session, answer), space: fromWireSpace(answer.space) }),
    ),
  getConfigurationSpace: (session, name) =>
    call(
      (to) => client.getConfigurationSpace(encodeName(session, name), to),
      (answer) => fromWireSpace(answer.space),
    ),
  listConfigurationSpaces: (session, options = {}) =>
    call(
      (to) => {
        const pattern = encodeFilter(options.pattern, "pattern");
        const sessionId = encodeText(session, "session");
        return client.listConfigurationSpaces({ sessionId, pattern, ...encodePage(options) }, to);
      },
      (answer) => ({
        ...readPage(answer.spaces, answer, fromWireSpace),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
  deleteConfigurationSpace: (session, name, options = {}) =>
    call(
      (to) => {
        refuseExpectedVersion(options, "put the space to check its version");
        const allowMissing = encodeFlag(options.allowMissing, "allowMissing");
        const what = { ...encodeName(session, name), allowMissing };
        return client.deleteConfigurationSpace({ ...what, context: context(options) }, to);
      },
      (answer) => readReceipt(session, answer),
    ),
});

const encodeSpace = ({ name, variables, description, metadata }: SpaceSpec) => ({
  name: encodeText(name, "space"),
  variables: variables.map((ref) => encodeText(ref, "variables")),
  description: encodeText(description ?? "", "description"),
  metadata: encodeRecord(metadata, "metadata"),
});

const createConfigurations = (
  client: Client<typeof ConfigurationSpaceService>,
  { call, context }: Caller,
): Configurations => ({
  getConfiguration: (session, name) =>
    call(
      (to) => client.getConfiguration(encodeName(session, name), to),
      (answer) => ({
        values: fromWireConfiguration(answer.configuration),
        version: fromUint64(answer.version, "version"),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
  applyConfiguration: (session, name, values, options = {}) =>
    call(
      (to) => {
        const what = { ...encodeName(session, name), updates: encodeUpdates(values), ...encodeApplying(options) };
        return client.applyConfiguration({ ...what, context: context(options) }, to);
      },
      (answer) => {
        const receipt = readReceipt(session, answer);
        const version = fromUint64(answer.version, "version");
        return { ...receipt, applied: readApplied(answer.applied, receipt), version };
      },
    ),
  sampleConfigurations: (session, name, options = {}) =>
    call(
      (to) => client.sampleConfigurations({ ...encodeName(session, name), ...encodeSampling(options) }, to),
      (answer) => ({
        configurations: answer.configurations.map((each, index) =>
          fromWireConfiguration(each, `configurations[${index}]`),
        ),
        seed: fromUint64(answer.seed, "seed"),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
});

const encodeApplying = (options: ApplyOptions) => ({
  allowIncomplete: encodeFlag(options.allowIncomplete, "allowIncomplete"),
  validateOnly: encodeFlag(options.validateOnly, "validateOnly"),
  ...encodeExpected(options),
});

const encodeSampling = ({ count, seed }: SampleOptions) => ({
  ...(count !== undefined && { count: checkedRange("count", count, { min: 1, max: 1000 }) }),
  ...(seed !== undefined && {
    seed: encodeWhole(checkedRange("seed", seed, { min: 0, max: Number.MAX_SAFE_INTEGER }), "seed"),
  }),
});
