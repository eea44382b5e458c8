import type { Label } from "../label/label.ts";
import type { SessionPoint } from "./history-store.ts";
import type { Page, PageOptions } from "./page.ts";
import type { DeleteOptions, Receipt, WriteOptions } from "./write.ts";

/** The part of a store that deals with labels: movable names for revisions, for instance `production`. */
export interface LabelStore {
  /**
   * Puts a label on a revision, or moves it there. Its name has 1 to 255 characters without control characters or `/`. Rejects
   * with `label_protected` where it is protected and that is not overridden, with `not_found` where the point is not kept, with
   * `revision_mismatch`, and with `limit_exceeded` for one label too many.
   */
  setLabel(session: string, name: string, options?: SetLabelOptions): Promise<LabelSet>;
  /** Reads a label; rejects with `not_found`. */
  getLabel(session: string, name: string): Promise<Label>;
  /** Lists labels, by name. */
  listLabels(session: string, options?: ListLabelsOptions): Promise<Page<Label>>;
  /** Deletes a label; the revision stays. Rejects with `label_protected`. */
  deleteLabel(session: string, name: string, options?: DeleteLabelOptions): Promise<Receipt>;
}

/** Where a label is put, and how. */
export interface SetLabelOptions extends WriteOptions {
  /** Where to put it; the present unless given. */
  readonly at?: SessionPoint;
  /** Protect it from now on, or no longer; as it was unless given. */
  readonly protected?: boolean;
  /** As it was unless given. At most 16 384 characters unless limits say otherwise. */
  readonly description?: string;
  /** Move it even where it is protected. */
  readonly overrideProtection?: boolean;
  /** Refuse with `revision_mismatch` unless the label stands on this revision; 0 for not there yet. */
  readonly expectedRevision?: number;
}

/** Receipt of a label that was set. */
export interface LabelSet extends Receipt {
  readonly label: Label;
}

/** Which labels to list. */
export interface ListLabelsOptions extends PageOptions {
  /** A glob over names. */
  readonly pattern?: string;
}

/** How a label is deleted. */
export interface DeleteLabelOptions extends DeleteOptions {
  /** Delete it even where it is protected. */
  readonly overrideProtection?: boolean;
}
