import type { AccessGrant } from "./access/access-grant.ts";
import type { AccessRule } from "./access/access-rule.ts";
import type { ConfigurationSpace } from "./configuration-space/configuration-space.ts";
import type { DependencyKind } from "./dependency/dependency.ts";
import type { VariableVersion } from "./history/session-history.ts";
import type { Label } from "./label/label.ts";
import type { LeaseEvent } from "./lease/lease-event.ts";
import type { Origin } from "./origin.ts";
import type { Payload, ValueRecord } from "./payload.ts";
import type { Rule } from "./rule/rule.ts";
import type { SessionSnapshot } from "./snapshot.ts";
import type { WriteVia } from "./store/write.ts";
import type { Derivation, Variable } from "./variable.ts";

/** One atomic, durable step of a session: the unit of the log, of watching and of history. */
export interface Commit {
  readonly session: string;
  /** Gap-free within the session, from 1. */
  readonly revision: number;
  /** Strictly greater than that of the commit before. */
  readonly atMs: number;
  /** Who is answerable. */
  readonly actor: string;
  readonly origin: Origin;
  /** What the writer said of this write, verbatim. */
  readonly metadata: ValueRecord;
  /** The writer's own id of this write, where it gave one. */
  readonly requestId?: string;
  /** The call that it came by, where that is to be remembered. */
  readonly via?: WriteVia;
  /** What let it through where its caller does not own the session. */
  readonly grants?: readonly AccessGrant[];
  /** At least one, in the order they were decided. */
  readonly events: readonly SessionEvent[];
}

/** What everything that a commit leaves behind is stamped with. */
export type CommitStamp = Pick<Commit, "revision" | "atMs" | "actor" | "origin" | "metadata">;

/** What has happened to a session. Folding never asks a type, so a log stays readable where a type is not installed. */
export type SessionEvent =
  | { readonly kind: "session-created"; readonly epoch: string; readonly ttlMs: number; readonly metadata: ValueRecord }
  | { readonly kind: "session-updated"; readonly ttlMs: number; readonly metadata: ValueRecord }
  | { readonly kind: "session-deleted"; readonly cause: "session_deleted" | "session_expired" }
  | VariableRegistered
  | VariableSet
  /** Everything but the value may differ from before. */
  | { readonly kind: "variable-changed"; readonly variable: Variable }
  | VariableDeleted
  | VariableImported
  | { readonly kind: "program-put"; readonly id: string; readonly body: ValueRecord }
  | { readonly kind: "program-deleted"; readonly id: string }
  /** A session that starts with the state of another. */
  | {
      readonly kind: "session-forked";
      readonly epoch: string;
      readonly ttlMs: number;
      readonly metadata: ValueRecord;
      readonly from: SessionSnapshot;
    }
  | DependencyEvent
  | LeaseEvent
  | { readonly kind: "rule-put"; readonly rule: Omit<Rule, StampedField> }
  | { readonly kind: "rule-deleted"; readonly name: string }
  | { readonly kind: "space-put"; readonly space: Omit<ConfigurationSpace, StampedField | "version"> }
  | { readonly kind: "space-deleted"; readonly name: string }
  | { readonly kind: "label-set"; readonly label: Omit<Label, StampedField> & { readonly revision: number } }
  | { readonly kind: "label-deleted"; readonly name: string }
  /** The access rules for all variables of the session are these from now on. */
  | { readonly kind: "session-permissions-set"; readonly rules: readonly AccessRule[] };

/** What folding a commit adds to what it stores. */
type StampedField = "createdAtMs" | "updatedAtMs" | "updatedBy" | "revision";

/** What has happened between variables. */
export type DependencyEvent =
  | {
      readonly kind: "dependency-added";
      readonly variable: string;
      readonly dependsOn: string;
      readonly dependency: DependencyKind;
      readonly metadata: ValueRecord;
      /** The name of the variable; absent where the same commit makes or changes it, and in commits of earlier programs. */
      readonly name?: string;
    }
  | {
      readonly kind: "dependency-removed";
      readonly variable: string;
      readonly dependsOn: string;
      /** As where it was added. */
      readonly name?: string;
    }
  /** A derived value no longer follows from its dependencies, or does again. */
  | { readonly kind: "staleness-changed"; readonly variable: Variable }
  /** Tells a variable without a derivation that something it depends on has a new value. */
  | {
      readonly kind: "dependency-changed";
      readonly id: string;
      readonly name: string;
      readonly version: number;
      /** Ids of what it depends on and has changed. */
      readonly causedBy: readonly string[];
    };

/** A variable came to be, at version 0. */
export interface VariableRegistered {
  readonly kind: "variable-registered";
  readonly id: string;
  /** The number that the id ends in. */
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly payload: Payload;
  readonly constraints: ValueRecord;
  readonly metadata: ValueRecord;
  readonly description: string;
  readonly readOnly: boolean;
  readonly derivation?: Derivation;
  /** Why a derived variable starts with a value that was not computed. */
  readonly stale?: string;
  readonly sensitive?: true;
  /** Its own access rules, where it starts with some. */
  readonly accessRules?: readonly AccessRule[];
}

/** A variable was given a value, and with it its next version. */
export interface VariableSet {
  readonly kind: "variable-set";
  readonly id: string;
  readonly name: string;
  /** The version that this write makes. */
  readonly version: number;
  readonly payload: Payload;
  /** The value before, where it is no larger than {@link maxPreviousBytes}. */
  readonly previous?: Payload;
  /** The value is the one that was there already. */
  readonly unchanged?: true;
  /** The version whose value was restored. */
  readonly rolledBackTo?: number;
  /** Ids of the variables whose new values this one was computed from. */
  readonly causedBy?: readonly string[];
  /** Id of the variable that was written, from which this one follows over however many others. */
  readonly root?: string;
}

/** A variable is gone; its name is free again. */
export interface VariableDeleted {
  readonly kind: "variable-deleted";
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** The last value, where it is no larger than {@link maxPreviousBytes}. */
  readonly previous?: Payload;
}

/** A variable that comes from elsewhere as it was there. */
export interface VariableImported {
  readonly kind: "variable-imported";
  readonly variable: Variable;
  /** Number that the next registered variable's id ends in. */
  readonly nextNumber: number;
  /** Its earlier versions and the present one, oldest first. */
  readonly versions?: readonly VariableVersion[];
}

/** Largest value, in bytes, that an event repeats as the one before. Larger ones are found in the history. */
export const maxPreviousBytes = 1024;
