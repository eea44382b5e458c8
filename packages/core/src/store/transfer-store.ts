import type { StoreError } from "../store-error.ts";
import type { VariableExport } from "../transfer/variable-export.ts";
import type { SessionPoint } from "./history-store.ts";
import type { Receipt, WriteOptions } from "./write.ts";

/** The part of a store that takes variables out of one session and into another. */
export interface TransferStore {
  /** Takes variables out, all as they were at one revision. Rejects with `not_found` where a ref names no variable. */
  exportVariables(session: string, options?: ExportOptions): Promise<VariableExport>;
  /**
   * Takes variables in, matched by name, in one commit: their `value`, whatever their `payload` says. Their types must be known
   * here. Unless told otherwise the first refusal rejects the whole with every variable's own error in `items`.
   */
  importVariables(session: string, data: VariableExport, options?: ImportOptions): Promise<ImportSummary>;
}

/** Which variables to export, as of when, and what of them. */
export interface ExportOptions {
  /**
   * Only these, by id or name, and what the filters below let through; everything without either. Of another session's
   * variables it is those that are named, to which filters add none.
   */
  readonly refs?: readonly string[];
  /** A glob over names. */
  readonly pattern?: string;
  /** Only variables of these types. */
  readonly types?: readonly string[];
  /** Only the variables of this configuration space. */
  readonly space?: string;
  /** Add the versions that are kept. */
  readonly includeHistory?: boolean;
  /** `false` leaves out dependencies between the exported variables. */
  readonly includeDependencies?: boolean;
  /** The present unless given. */
  readonly at?: SessionPoint;
}

/**
 * What to do with a variable whose name is there already: leave it (`keep`), give it the imported value as a new version
 * with constraints, description and metadata (`replace`), or give it the value, which its own constraints must allow, and
 * add the metadata to its own (`merge`).
 */
export const mergeStrategies = ["keep", "replace", "merge"] as const;

/** One of {@link mergeStrategies}. */
export type MergeStrategy = (typeof mergeStrategies)[number];

/** Which variables to take in, and what to do where they are there already. */
export interface ImportOptions extends WriteOptions {
  /** `keep` unless given. */
  readonly strategy?: MergeStrategy;
  /** Take in what can be and report the rest. */
  readonly allowPartial?: boolean;
  /** Answer as if it were done, but change nothing. What would be refused is in the summary then. */
  readonly validateOnly?: boolean;
  /** A glob over names. */
  readonly pattern?: string;
  /** `false` leaves out earlier versions, which only new variables take over. */
  readonly includeHistory?: boolean;
  /** `false` leaves out what imported variables depend on; what is kept or refused depends on what it did in any case. */
  readonly includeDependencies?: boolean;
}

/** What an import did, or would do. */
export interface ImportSummary extends Receipt {
  readonly created: number;
  readonly updated: number;
  /** Left as they were: told to, or nothing differs. */
  readonly kept: number;
  readonly refused: number;
  /** Dependencies that are new. */
  readonly dependencies: number;
  /** Each variable, in the order of the data. */
  readonly items: readonly ImportItem[];
}

/** What an import did with one variable. */
export interface ImportItem {
  readonly name: string;
  /** Its id in the data. */
  readonly sourceId: string;
  /** Its id in the session: the same where that is free and surely never was a deleted variable's, and otherwise a new one. */
  readonly id: string;
  readonly outcome: "created" | "updated" | "kept" | "refused";
  /** Why it was refused. */
  readonly refusal?: StoreError;
}
