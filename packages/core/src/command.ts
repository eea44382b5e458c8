import type { AccessControl } from "./access/access-control.ts";
import type { AccessRuleSpec, Permissions } from "./access/access-rule.ts";
import type { Caller } from "./access/principal.ts";
import type { Dependency } from "./dependency/dependency.ts";
import type { CompileExpression, DerivationFunction } from "./derivation/expression.ts";
import type { VariableVersion } from "./history/session-history.ts";
import type { LeaseCommand } from "./lease/lease-command.ts";
import type { LeaseProof } from "./lease/optimization.ts";
import type { Limits } from "./limits.ts";
import type { Origin } from "./origin.ts";
import type { Payload, ValueRecord } from "./payload.ts";
import type { SessionSnapshot } from "./snapshot.ts";
import type { SpaceSpec } from "./store/configuration-space-store.ts";
import type { DependencySpec } from "./store/dependency-store.ts";
import type { RuleSpec } from "./store/rule-store.ts";
import type { MergeStrategy } from "./store/transfer-store.ts";
import type { VariableSpec } from "./store/variable-store.ts";
import type { WriteVia } from "./store/write.ts";
import type { TypeRegistry } from "./type-registry.ts";
import type { Derivation, Variable } from "./variable.ts";

/** What can be asked of a session. */
export type Command =
  | {
      readonly kind: "create-session";
      /** Random, made by the shell: what tells this session from an earlier one of the same id. */
      readonly epoch: string;
      readonly ttlMs?: number;
      readonly metadata?: ValueRecord;
      readonly ifExists?: "refuse" | "keep";
      /** Starts with the state of another session. */
      readonly from?: SessionSnapshot;
    }
  | { readonly kind: "update-session"; readonly ttlMs?: number; readonly metadata?: ValueRecord }
  | { readonly kind: "delete-session"; readonly cause: "session_deleted" | "session_expired" }
  | { readonly kind: "register-variable"; readonly spec: VariableSpec; readonly ifExists?: "refuse" | "keep" }
  | { readonly kind: "set-variable"; readonly ref: string; readonly value: unknown; readonly expectedVersion?: number }
  /** Changes nothing; refuses unless the variable has this version. */
  | { readonly kind: "expect-version"; readonly ref: string; readonly expectedVersion: number }
  | {
      readonly kind: "change-variable";
      readonly ref: string;
      readonly description?: string;
      readonly metadata?: ValueRecord;
      readonly constraints?: ValueRecord;
      readonly expectedVersion?: number;
    }
  | {
      readonly kind: "delete-variable";
      readonly ref: string;
      readonly allowMissing?: boolean;
      readonly cascade?: boolean;
      readonly expectedVersion?: number;
    }
  | DependencyCommand
  | RuleCommand
  | SpaceCommand
  | LabelCommand
  | LeaseCommand
  | HistoryCommand
  | TransferCommand
  | AccessCommand
  | { readonly kind: "put-program"; readonly id: string; readonly body: ValueRecord }
  | { readonly kind: "delete-program"; readonly id: string; readonly allowMissing?: boolean };

/** What can be asked of dependencies and derivations. */
type DependencyCommand =
  | { readonly kind: "add-dependency"; readonly spec: DependencySpec }
  | {
      readonly kind: "remove-dependency";
      readonly variable: string;
      readonly dependsOn: string;
      readonly allowMissing?: boolean;
    }
  | {
      readonly kind: "set-derivation";
      readonly ref: string;
      readonly derivation: Derivation;
      readonly dependencies?: readonly string[];
      readonly expectedVersion?: number;
    }
  | {
      readonly kind: "clear-derivation";
      readonly ref: string;
      readonly removeDependencies?: boolean;
      readonly expectedVersion?: number;
    }
  /** Every stale variable, without refs. */
  | { readonly kind: "recompute-variables"; readonly refs?: readonly string[] };

/** What can be asked of rules. */
type RuleCommand =
  | {
      readonly kind: "put-rule";
      readonly rule: RuleSpec;
      readonly allowViolated?: boolean;
      readonly expectedRevision?: number;
    }
  | { readonly kind: "delete-rule"; readonly name: string; readonly allowMissing?: boolean };

/** What can be asked of configuration spaces. */
type SpaceCommand =
  | { readonly kind: "put-space"; readonly space: SpaceSpec; readonly expectedVersion?: number }
  | { readonly kind: "delete-space"; readonly name: string; readonly allowMissing?: boolean }
  /** Changes nothing; refuses unless what a batch sets fits the space. */
  | {
      readonly kind: "expect-space";
      readonly name: string;
      /** Refs that the batch sets. */
      readonly refs: readonly string[];
      readonly allowIncomplete?: boolean;
      readonly expectedVersion?: number;
    };

/** What can be asked of labels. */
type LabelCommand =
  | {
      readonly kind: "set-label";
      readonly name: string;
      /** The revision to stand on; the present one unless given. The caller has made sure that it is kept. */
      readonly revision?: number;
      readonly protected?: boolean;
      readonly description?: string;
      readonly overrideProtection?: boolean;
      readonly expectedRevision?: number;
    }
  | {
      readonly kind: "delete-label";
      readonly name: string;
      readonly allowMissing?: boolean;
      readonly overrideProtection?: boolean;
    };

/** What brings back the past, which the caller has read: what was at a revision never changes. */
type HistoryCommand =
  | {
      readonly kind: "rollback-variable";
      readonly ref: string;
      /** The id that the version belongs to. */
      readonly id: string;
      readonly version: number;
      readonly payload: Payload;
      readonly expectedVersion?: number;
    }
  | {
      readonly kind: "rollback-session";
      readonly revision: number;
      /** Every variable that there was. */
      readonly past: readonly Variable[];
      /** Every dependency that there was; needed to restore what was deleted. */
      readonly pastDependencies?: readonly Dependency[];
      readonly pattern?: string;
      readonly deleteNew?: boolean;
      readonly restoreDeleted?: boolean;
      readonly restoreSurroundings?: boolean;
      /** The rules that held for all variables, where access rules are to be restored too. */
      readonly pastPermissions?: Permissions;
      readonly expectedRevision?: number;
    };

/** What brings variables in from elsewhere. */
type TransferCommand =
  | {
      readonly kind: "import-variable";
      readonly variable: Variable;
      readonly strategy: MergeStrategy;
      /** Its earlier versions and the present one, oldest first, for where it is new. */
      readonly versions?: readonly VariableVersion[];
    }
  | {
      readonly kind: "import-dependencies";
      readonly dependencies: readonly DependencySpec[];
      /** Names of the imported variables, whose expressions may need more. */
      readonly names: readonly string[];
      /** Leave out those that are refused. */
      readonly allowPartial?: boolean;
    };

/** What can be asked of access rules. */
type AccessCommand =
  | {
      readonly kind: "set-variable-permissions";
      readonly ref: string;
      readonly rules: readonly AccessRuleSpec[];
      readonly expectedRevision?: number;
    }
  | {
      readonly kind: "set-session-permissions";
      readonly rules: readonly AccessRuleSpec[];
      readonly expectedRevision?: number;
    };

/** One kind of command. */
export type CommandOf<K extends Command["kind"]> = Extract<Command, { kind: K }>;

/** What a decision may depend on beside the state: everything that the shell brings in. */
export interface DecideContext {
  /** Now, in milliseconds since the Unix epoch; the decider makes it later than the commit before. */
  readonly atMs: number;
  readonly types: TypeRegistry;
  readonly limits: Limits;
  /** Reads expressions; without it derivations by expression and rules are refused with `unimplemented`. */
  readonly compile?: CompileExpression | undefined;
  /** Functions that variables may be derived by, by name. */
  readonly functions?: ReadonlyMap<string, DerivationFunction> | undefined;
  readonly actor?: string | undefined;
  readonly origin?: Origin | undefined;
  readonly metadata?: ValueRecord | undefined;
  /** Tells a retried write from a new one. */
  readonly requestId?: string | undefined;
  /** The call that it came by. */
  readonly via?: WriteVia | undefined;
  /** Which optimization the write is part of. */
  readonly lease?: LeaseProof | undefined;
  /** Who writes and what judges it, where that is to be asked; without it everything is allowed. */
  readonly access?: { readonly caller: Caller; readonly control: AccessControl } | undefined;
}
