export { describeStore } from "./describe-store.ts";
export type { OpenStore, StoreFacts, StoreHarness } from "./store/harness.ts";
