import { defineConfig } from "vitest/config";
import { createReportWriter } from "./vitest.report.ts";

const conditions = ["@trimtab/source"];

/** What every package's tests share: workspace packages are read from their sources, not from a build. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "e2e/**/*.test.ts"],
    reporters: ["default", createReportWriter(".turbo/test-report.json")],
    // Bounds on tests that hang, not on how fast a machine is: both of its cores may be busy with other packages' tests.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
