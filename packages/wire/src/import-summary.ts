import type { ImportItem, ImportSummary, MergeStrategy, Receipt } from "@trimtab/core";
import { fromWireItem, toWireItem } from "./error-detail.ts";
import {
  ImportOutcome,
  type ImportItem as WireImportItem,
  type ImportSummary as WireImportSummary,
  MergeStrategy as WireMergeStrategy,
} from "./gen/trimtab/v1/transfer_pb.ts";
import { fromKnown, toKnown } from "./known.ts";
import { refuseMessage } from "./refuse.ts";
import { variableFileVersion } from "./variable-file.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

const strategies = {
  keep: WireMergeStrategy.KEEP,
  replace: WireMergeStrategy.REPLACE,
  merge: WireMergeStrategy.MERGE,
} as const satisfies Record<MergeStrategy, WireMergeStrategy>;

/**
 * Puts on the wire what to do with variables whose names are there already, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` for a strategy that is none
 */
export const toWireStrategy = (strategy: MergeStrategy): WireMergeStrategy => toKnown(strategies, strategy, "strategy");

/**
 * Reads what to do with variables whose names are there already; not said means `keep`.
 *
 * @throws StoreError `invalid_argument` for a choice that is not known here
 */
export const fromWireStrategy = (strategy: WireMergeStrategy): MergeStrategy =>
  strategy === WireMergeStrategy.UNSPECIFIED ? "keep" : fromKnown(strategies, strategy, "merge_strategy");

const outcomes = {
  created: ImportOutcome.CREATED,
  updated: ImportOutcome.UPDATED,
  kept: ImportOutcome.KEPT,
  refused: ImportOutcome.REFUSED,
} as const satisfies Record<ImportItem["outcome"], ImportOutcome>;

/** Puts on the wire what an import did. */
export const toWireImportSummary = (summary: ImportSummary): WireImportSummary => ({
  $typeName: "trimtab.v1.ImportSummary",
  createdCount: toUint64(summary.created),
  updatedCount: toUint64(summary.updated),
  keptCount: toUint64(summary.kept),
  refusedCount: toUint64(summary.refused),
  dependencyCount: toUint64(summary.dependencies),
  items: summary.items.map(toWireImportItem),
  schemaVersion: variableFileVersion,
});

const toWireImportItem = ({ name, sourceId, id, outcome, refusal }: ImportItem): WireImportItem => ({
  $typeName: "trimtab.v1.ImportItem",
  name,
  sourceId,
  variableId: id,
  outcome: outcomes[outcome],
  ...(refusal !== undefined && { refusal: toWireItem(refusal) }),
});

/**
 * Reads what an import did and joins it with the receipt of the call.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range or not known here
 */
export function fromWireImportSummary(
  summary: WireImportSummary | undefined,
  receipt: Receipt,
  path = "summary",
): ImportSummary {
  if (summary === undefined) throw refuseMessage(path, "is required");
  return {
    ...receipt,
    created: fromUint64(summary.createdCount, `${path}.created_count`),
    updated: fromUint64(summary.updatedCount, `${path}.updated_count`),
    kept: fromUint64(summary.keptCount, `${path}.kept_count`),
    refused: fromUint64(summary.refusedCount, `${path}.refused_count`),
    dependencies: fromUint64(summary.dependencyCount, `${path}.dependency_count`),
    items: summary.items.map((item, index) => fromWireImportItem(item, `${path}.items[${index}]`)),
  };
}

const fromWireImportItem = (item: WireImportItem, path: string): ImportItem => ({
  name: item.name,
  sourceId: item.sourceId,
  id: item.variableId,
  outcome: fromKnown(outcomes, item.outcome, `${path}.outcome`),
  ...(item.refusal && { refusal: fromWireItem(item.refusal) }),
});
