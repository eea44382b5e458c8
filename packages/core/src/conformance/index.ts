export { describeStore } from "./describe-store.ts";
export { describeStudies } from "./describe-studies.ts";
export { describeType } from "./describe-type.ts";
export { describeSessionLives, type SessionLivesOptions } from "./lives/describe-session-lives.ts";
export { describeStoreModel, type StoreModelOptions } from "./model/describe-store-model.ts";
export type { OpenStore, StoreFacts, StoreHarness } from "./store/harness.ts";
export type { OpenStudies, StudiesHarness } from "./study/harness.ts";
export { hostileInputs } from "./type/hostile-inputs.ts";
export type { InvalidConstraints, InvalidValue, TypeSpec } from "./type/type-spec.ts";
