export { default } from "../../.ci/vitest.shared.ts";
