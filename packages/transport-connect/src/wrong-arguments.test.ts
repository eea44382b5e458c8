import { describeArguments } from "@trimtab/core/conformance";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { createRoutes } from "./create-routes.ts";
import { defaultUploadLimits } from "./import-uploads.ts";

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
