import {
  type ConfigurationSpace,
  readPattern,
  type SessionState,
  type Store,
  StoreError,
  unknownSpace,
  updateEntries,
  type ValueRecord,
  type Variable,
} from "@trimtab/core";
import { expecting, refuseExpectedVersion } from "./expectations.ts";
import { pageAfter } from "./paging.ts";
import { sampleConfigurations } from "./sample-configurations.ts";
import type { Sessions } from "./sessions.ts";
import { tellRead } from "./tell-read.ts";
import { batchCommands } from "./variable-operations.ts";
import { toBatchWritten } from "./write-receipts.ts";

type SpaceOperations = Pick<
  Store,
  | "putConfigurationSpace"
  | "getConfigurationSpace"
  | "listConfigurationSpaces"
  | "deleteConfigurationSpace"
  | "getConfiguration"
  | "applyConfiguration"
  | "sampleConfigurations"
>;

/** The part of a store that deals with configuration spaces. */
export function createSpaceOperations(sessions: Sessions): SpaceOperations {
  return { ...createDefinitions(sessions), ...createConfigurations(sessions) };
}

function createDefinitions(
  sessions: Sessions,
): Pick<
  SpaceOperations,
  "putConfigurationSpace" | "getConfigurationSpace" | "listConfigurationSpaces" | "deleteConfigurationSpace"
> {
  const getSpace = (session: string, name: string) =>
    sessions.access(session, ({ runtime }) => requireSpace(runtime.state, name));
  return {
    async putConfigurationSpace(session, space, { expectedVersion, ...by } = {}) {
      const command = { kind: "put-space", space, ...expecting(expectedVersion) } as const;
      const { revision } = await sessions.write(session, [command], by);
      return { session, revision, space: await getSpace(session, space.name) };
    },
    getConfigurationSpace: getSpace,
    listConfigurationSpaces: (session, { pattern, ...page } = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const matches = readPattern(pattern);
        const spaces = [...state.spaces.values()]
          .filter(({ name }) => matches(name))
          .map((space) => shown(state, space));
        const found = pageAfter(spaces, page, ({ createdAtMs, name }) => [createdAtMs, name]);
        return { ...found, revision: state.revision };
      }),
    async deleteConfigurationSpace(session, name, { allowMissing = false, expectedVersion, ...by } = {}) {
      refuseExpectedVersion(expectedVersion, "put the space to check its version");
      const { revision } = await sessions.write(session, [{ kind: "delete-space", name, allowMissing }], by);
      return { session, revision };
    },
  };
}

/** Variables that have been deleted are left out. */
const shown = (state: SessionState, space: ConfigurationSpace): ConfigurationSpace => ({
  ...space,
  variables: space.variables.filter((id) => state.variables.has(id)),
});

function requireSpace(state: SessionState, name: string): ConfigurationSpace {
  const space = state.spaces.get(name);
  if (space === undefined) throw new StoreError(unknownSpace(name));
  return shown(state, space);
}

const membersOf = (state: SessionState, space: ConfigurationSpace): Variable[] =>
  space.variables.map((id) => state.variables.get(id)).filter((variable) => variable !== undefined);

function createConfigurations(
  sessions: Sessions,
): Pick<SpaceOperations, "getConfiguration" | "applyConfiguration" | "sampleConfigurations"> {
  return {
    getConfiguration: (session, name) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const space = requireSpace(state, name);
        const members = membersOf(state, space);
        if (sessions.telemetry.isHeard) tellRead(sessions.telemetry, session, members);
        const values: ValueRecord = Object.fromEntries(members.map((each) => [each.name, each.value]));
        return { values, version: space.version, revision: state.revision };
      }),
    async applyConfiguration(session, name, values, options = {}) {
      const { allowIncomplete = false, expectedVersion, ...by } = options;
      const commands = batchCommands(values, {});
      const refs = updateEntries(values).map(([ref]) => ref);
      const expectation = {
        kind: "expect-space",
        name,
        refs,
        allowIncomplete,
        ...expecting(expectedVersion),
      } as const;
      const result = await sessions.write(session, [expectation, ...commands], { ...by, isBatch: true });
      const { applied, revision } = toBatchWritten(session, [expectation, ...commands], result);
      const { version } = await sessions.access(session, ({ runtime }) => requireSpace(runtime.state, name));
      return { session, revision, applied, version };
    },
    sampleConfigurations: (session, name, options = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const space = requireSpace(state, name);
        return sampleConfigurations(state, membersOf(state, space), { ...options, means: sessions.means });
      }),
  };
}
