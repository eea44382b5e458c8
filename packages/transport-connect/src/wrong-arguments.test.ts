import { describeArguments } from "@trimtab/core/conformance";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, test } from "vitest";
import { createRoutes } from "./create-routes.ts";
import { defaultUploadLimits } from "./import-uploads.ts";
import { createBucketTable } from "./limits/bucket-table.ts";
import { createCallLimits } from "./limits/call-limits.ts";

const store = createStore({ types: builtinTypes });
/** Of a class of its own, so that nothing in it is replaced. */
const whole = Object.assign(Object.create({}), store);

describeArguments(
  "making routes",
  async () => ({ calls: { createRoutes }, state: async () => undefined, isThrowing: true }),
  {
    createRoutes: [
      {
        store: whole,
        storeFor: () => store,
        types: store.types,
        analytics: undefined,
        studies: undefined,
        shutdown: new AbortController().signal,
        uploads: defaultUploadLimits,
        admit: () => {},
        audit: undefined,
        observer: undefined,
        onInternalError: () => {},
      },
    ],
  },
);

const rate = { perSecond: 1, burst: 1 };

describeArguments(
  "making limits",
  async () => ({ calls: { createCallLimits, createBucketTable }, state: async () => undefined, isThrowing: true }),
  {
    createCallLimits: [{ caller: rate, session: rate, streams: 1, now: () => 1 }],
    createBucketTable: [rate, () => 1, { most: 1 }],
  },
);

test.each<[string, object]>([
  ["streams", { streams: Number.NaN }],
  ["streams", { streams: -1 }],
  ["streams", { streams: "10" }],
  ["caller.perSecond", { caller: { perSecond: Number.NaN, burst: 1 } }],
  ["caller.perSecond", { caller: { perSecond: 0, burst: 1 } }],
  ["caller.burst", { caller: { perSecond: 1 } }],
  ["session.burst", { session: { perSecond: 1, burst: 0.5 } }],
])("%s that limits nothing, or everything for ever, is refused: %o", (field, options) => {
  expect(() => createCallLimits(options)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ field }) }),
  );
});
