export { type AccessControlOptions, createAccessControl } from "./create-access-control.ts";
