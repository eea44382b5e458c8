import { defineConfig } from "vitest/config";
import { createReportWriter } from "./vitest.report.ts";
import shared from "./vitest.shared.ts";

/** The long suites: one file at a time, since they kill processes, fill queues and would disturb each other. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ["**/*.faults.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    reporters: ["verbose", createReportWriter(".turbo/faults-report.json")],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
