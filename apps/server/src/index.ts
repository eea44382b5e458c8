export type { RequestGate } from "./create-api.ts";
export { peerAddress } from "./direct/call-context.ts";
export { readSettings, SettingsError } from "./read-settings.ts";
export { defaultSettings, type Settings } from "./settings.ts";
export { type RunningServer, type ServerParts, startServer } from "./start-server.ts";
