import type { ServiceImpl } from "@connectrpc/connect";
import type { SetLabelOptions, Store } from "@trimtab/core";
import { fromWireContext, fromWirePoint, present, toUint64, toWireLabel } from "@trimtab/wire";
import type { HistoryService, SetLabelRequest } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { sessionOf, toExpected } from "./request-parts.ts";
import { readUpdateMask } from "./update-mask.ts";

type LabelMethods = Pick<ServiceImpl<typeof HistoryService>, "setLabel" | "getLabel" | "listLabels" | "deleteLabel">;

/** Serves a store's labels. */
export const createLabelMethods = (store: Store, { unary }: Calls): LabelMethods => ({
  setLabel: unary(async (request) => {
    const { label, revision } = await store.setLabel(sessionOf(request), request.name, toSetOptions(request));
    return { label: toWireLabel(label), revision: toUint64(revision) };
  }),
  getLabel: unary(async (request) => ({
    label: toWireLabel(await store.getLabel(sessionOf(request), required(request.name, "name"))),
  })),
  listLabels: unary(async (request) => {
    const options = toPageOptions(request, { pattern: request.pattern || undefined });
    const page = await store.listLabels(sessionOf(request), options);
    return { labels: page.items.map(toWireLabel), nextPageToken: page.nextPageToken ?? "" };
  }),
  deleteLabel: unary(async (request) => {
    const { revision } = await store.deleteLabel(sessionOf(request), required(request.name, "name"), {
      ...fromWireContext(request.context),
      allowMissing: request.allowMissing,
      overrideProtection: request.overrideProtection,
    });
    return { revision: toUint64(revision) };
  }),
});

const replaceable = ["protected", "description"] as const;

function toSetOptions(request: SetLabelRequest): SetLabelOptions {
  const replaced =
    request.updateMask === undefined ? new Set(replaceable) : readUpdateMask(request.updateMask, replaceable);
  return present({
    ...fromWireContext(request.context),
    at: fromWirePoint(request.at, "at"),
    protected: replaced.has("protected") ? request.protected : undefined,
    description: replaced.has("description") ? request.description : undefined,
    overrideProtection: request.overrideProtection,
    expectedRevision: toExpected(request.expectedRevision, "expected_revision"),
  });
}
