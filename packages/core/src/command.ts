import type { Limits } from "./limits.ts";
import type { Origin } from "./origin.ts";
import type { ValueRecord } from "./payload.ts";
import type { VariableSpec } from "./store.ts";
import type { TypeRegistry } from "./type-registry.ts";

/** What can be asked of a session. */
export type Command =
  | {
      readonly kind: "create-session";
      /** Random, made by the shell: what tells this session from an earlier one of the same id. */
      readonly epoch: string;
      readonly ttlMs?: number;
      readonly metadata?: ValueRecord;
      readonly ifExists?: "refuse" | "keep";
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
      readonly expectedVersion?: number;
    }
  | { readonly kind: "put-program"; readonly id: string; readonly body: ValueRecord }
  | { readonly kind: "delete-program"; readonly id: string; readonly allowMissing?: boolean };

/** One kind of command. */
export type CommandOf<K extends Command["kind"]> = Extract<Command, { kind: K }>;

/** What a decision may depend on beside the state: everything that the shell brings in. */
export interface DecideContext {
  /** Now, in milliseconds since the Unix epoch; the decider makes it later than the commit before. */
  readonly atMs: number;
  readonly types: TypeRegistry;
  readonly limits: Limits;
  readonly actor?: string;
  readonly origin?: Origin;
  readonly metadata?: ValueRecord;
}
