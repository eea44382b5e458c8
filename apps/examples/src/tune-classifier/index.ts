export { measureAccuracy } from "./measure-accuracy.ts";
export { settingsOf } from "./search.ts";
export { settings } from "./variables.ts";
