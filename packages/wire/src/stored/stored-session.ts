import type { ConfigurationSpace, Dependency, Label, Program, Rule, SessionSnapshot } from "@trimtab/core";
import { fromWirePermissions, toWirePermissions } from "../access-rule.ts";
import {
  type StoredDependency,
  type StoredLabel,
  type StoredProgram,
  type StoredRule,
  type StoredSession,
  type StoredSpace,
  type StoredStamp,
  StoredStatus,
} from "../gen/trimtab/log/v1/commit_pb.ts";
import { fromKnown } from "../known.ts";
import { toWireRecord } from "../plain-value.ts";
import { refuseMessage } from "../refuse.ts";
import { fromTimestamp, toTimestamp } from "../time.ts";
import { fromWireRecord } from "../value.ts";
import { fromWireVariable, toWireVariable } from "../variable.ts";
import { fromUint64, toUint64 } from "../whole-number.ts";
import { fromStoredOptimization, toStoredOptimization } from "./stored-optimization.ts";
import {
  fromStoredAdded,
  fromStoredProgram,
  fromStoredRule,
  fromStoredSpace,
  requirePart,
  toStoredAdded,
  toStoredProgram,
  toStoredRule,
  toStoredSpace,
} from "./stored-parts.ts";

const statuses = {
  absent: StoredStatus.UNSPECIFIED,
  live: StoredStatus.LIVE,
  deleted: StoredStatus.DELETED,
  expired: StoredStatus.EXPIRED,
} as const satisfies Record<SessionSnapshot["status"], StoredStatus>;

/** Puts a session's status into the form in which it is stored. */
export const toStoredStatus = (status: SessionSnapshot["status"]): StoredStatus => statuses[status];

/**
 * Reads a session's status.
 *
 * @throws StoreError `invalid_argument` for one that this program does not know
 */
export const fromStoredStatus = (status: StoredStatus, path: string): SessionSnapshot["status"] =>
  status === StoredStatus.UNSPECIFIED ? "absent" : fromKnown(statuses, status, path);

/** Puts a session's snapshot into the form in which it is stored. */
export const toStoredSession = (session: SessionSnapshot): StoredSession => ({
  $typeName: "trimtab.log.v1.StoredSession",
  id: session.id,
  status: toStoredStatus(session.status),
  epoch: session.epoch,
  revision: toUint64(session.revision),
  at: toTimestamp(session.atMs),
  createdAt: toTimestamp(session.createdAtMs),
  ttlMs: toUint64(session.ttlMs),
  metadata: toWireRecord(session.metadata),
  nextNumber: toUint64(session.nextNumber),
  deletedNumber: toUint64(session.deletedNumber ?? 0),
  totalVariableUpdates: toUint64(session.totalVariableUpdates),
  variables: session.variables.map(toWireVariable),
  programs: session.programs.map(toProgram),
  dependencies: session.dependencies.map(toDependency),
  rules: session.rules.map(toRule),
  spaces: session.spaces.map(toSpace),
  labels: session.labels.map(toLabel),
  requests: session.requests.map(([id, revision]) => ({
    $typeName: "trimtab.log.v1.StoredRequest",
    id,
    revision: toUint64(revision),
  })),
  optimizations: (session.optimizations ?? []).map(toStoredOptimization),
  ...(session.permissions !== undefined && { permissions: toWirePermissions(session.permissions) }),
});

/**
 * Reads a session's snapshot.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range or no value
 */
export function fromStoredSession(session: StoredSession | undefined, path: string): SessionSnapshot {
  if (session === undefined) throw refuseMessage(path, "is required");
  const each = <T, R>(items: readonly T[], name: string, read: (item: T, at: string) => R): R[] =>
    items.map((item, index) => read(item, `${path}.${name}[${index}]`));
  return {
    id: session.id,
    status: fromStoredStatus(session.status, `${path}.status`),
    epoch: session.epoch,
    revision: fromUint64(session.revision, `${path}.revision`),
    atMs: fromTimestamp(session.at, `${path}.at`),
    createdAtMs: fromTimestamp(session.createdAt, `${path}.created_at`),
    ttlMs: fromUint64(session.ttlMs, `${path}.ttl_ms`),
    metadata: fromWireRecord(session.metadata, `${path}.metadata`),
    nextNumber: fromUint64(session.nextNumber, `${path}.next_number`),
    totalVariableUpdates: fromUint64(session.totalVariableUpdates, `${path}.total_variable_updates`),
    variables: each(session.variables, "variables", fromWireVariable),
    programs: each(session.programs, "programs", fromProgram),
    dependencies: each(session.dependencies, "dependencies", fromDependency),
    rules: each(session.rules, "rules", fromRule),
    spaces: each(session.spaces, "spaces", fromSpace),
    labels: each(session.labels, "labels", fromLabel),
    requests: each(session.requests, "requests", ({ id, revision }, at) => [id, fromUint64(revision, at)] as const),
    ...(session.deletedNumber > 0n && {
      deletedNumber: fromUint64(session.deletedNumber, `${path}.deleted_number`),
    }),
    ...(session.optimizations.length > 0 && {
      optimizations: each(session.optimizations, "optimizations", fromStoredOptimization),
    }),
    ...(session.permissions && { permissions: fromWirePermissions(session.permissions, `${path}.permissions`) }),
  };
}

const toProgram = (program: Program): StoredProgram => ({
  $typeName: "trimtab.log.v1.StoredProgram",
  put: toStoredProgram(program),
  createdAt: toTimestamp(program.createdAtMs),
  updatedAt: toTimestamp(program.updatedAtMs),
});

const fromProgram = ({ put, createdAt, updatedAt }: StoredProgram, path: string): Program => ({
  ...fromStoredProgram(requirePart(put, `${path}.put`), path),
  createdAtMs: fromTimestamp(createdAt, `${path}.created_at`),
  updatedAtMs: fromTimestamp(updatedAt, `${path}.updated_at`),
});

const toDependency = (dependency: Dependency): StoredDependency => ({
  $typeName: "trimtab.log.v1.StoredDependency",
  added: toStoredAdded(dependency),
  createdAt: toTimestamp(dependency.createdAtMs),
  revision: toUint64(dependency.revision),
});

const fromDependency = ({ added, createdAt, revision }: StoredDependency, path: string): Dependency => ({
  ...fromStoredAdded(requirePart(added, `${path}.added`), path),
  createdAtMs: fromTimestamp(createdAt, `${path}.created_at`),
  revision: fromUint64(revision, `${path}.revision`),
});

interface Stamp {
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly updatedBy?: string;
  readonly revision?: number;
}

const toStamp = ({ createdAtMs, updatedAtMs, updatedBy = "", revision = 0 }: Stamp): StoredStamp => ({
  $typeName: "trimtab.log.v1.StoredStamp",
  createdAt: toTimestamp(createdAtMs),
  updatedAt: toTimestamp(updatedAtMs),
  updatedBy,
  revision: toUint64(revision),
});

function fromStamp(stamp: StoredStamp | undefined, path: string): Required<Stamp> {
  const { createdAt, updatedAt, updatedBy, revision } = requirePart(stamp, path);
  return {
    createdAtMs: fromTimestamp(createdAt, `${path}.created_at`),
    updatedAtMs: fromTimestamp(updatedAt, `${path}.updated_at`),
    updatedBy,
    revision: fromUint64(revision, `${path}.revision`),
  };
}

const toRule = (rule: Rule): StoredRule => ({
  $typeName: "trimtab.log.v1.StoredRule",
  put: toStoredRule(rule),
  stamp: toStamp(rule),
});

const fromRule = ({ put, stamp }: StoredRule, path: string): Rule => ({
  ...fromStoredRule(requirePart(put, `${path}.put`)),
  ...fromStamp(stamp, `${path}.stamp`),
});

const toSpace = (space: ConfigurationSpace): StoredSpace => ({
  $typeName: "trimtab.log.v1.StoredSpace",
  put: toStoredSpace(space),
  stamp: toStamp(space),
  version: toUint64(space.version),
});

function fromSpace({ put, stamp, version }: StoredSpace, path: string): ConfigurationSpace {
  const { updatedBy: _, ...stamped } = fromStamp(stamp, `${path}.stamp`);
  const space = fromStoredSpace(requirePart(put, `${path}.put`), path);
  return { ...space, ...stamped, version: fromUint64(version, `${path}.version`) };
}

const toLabel = ({ name, revision, protected: isProtected, description, ...stamp }: Label): StoredLabel => ({
  $typeName: "trimtab.log.v1.StoredLabel",
  set: {
    $typeName: "trimtab.log.v1.LabelSet",
    name,
    revision: toUint64(revision),
    protected: isProtected,
    description,
  },
  stamp: toStamp(stamp),
});

function fromLabel({ set, stamp }: StoredLabel, path: string): Label {
  const { name, revision, protected: isProtected, description } = requirePart(set, `${path}.set`);
  const { revision: _, ...stamped } = fromStamp(stamp, `${path}.stamp`);
  return {
    name,
    revision: fromUint64(revision, `${path}.set.revision`),
    protected: isProtected,
    description,
    ...stamped,
  };
}
