export { readSettings, SettingsError } from "./read-settings.ts";
export { defaultSettings, type Settings } from "./settings.ts";
export { type RunningServer, type ServerParts, startServer } from "./start-server.ts";
