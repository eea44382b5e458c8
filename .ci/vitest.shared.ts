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
    testTimeout: 20_000,
  },
});
