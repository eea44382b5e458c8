export { checkKeys } from "./check-keys.ts";
export { findUnopened, type Unopened } from "./find-unopened.ts";
export { createSealedLog, createSealedSnapshots, createSealedSummaries } from "./sealed-log.ts";
export { createSealer, isSealed, type Sealer, type SealerOptions, unlessSealed } from "./sealer.ts";
export { parseSealingKeys, type SealingKey } from "./sealing-key.ts";
