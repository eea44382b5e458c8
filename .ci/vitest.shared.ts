import { join } from "node:path";
import { env } from "node:process";
import { defineConfig } from "vitest/config";
import { createReportWriter } from "./vitest.report.ts";

const conditions = ["@trimtab/source"];

// Tests start many processes and threads that read TypeScript; Node keeps what it made of it.
env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../node_modules/.cache/node-compile");

/** What every package's tests share: workspace packages are read from their sources, not from a build. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "e2e/**/*.test.ts"],
    reporters: ["default", createReportWriter(".turbo/test-report.json")],
    // Files of one process share its modules: loading them anew for each file took longer than most files' tests.
    isolate: false,
    restoreMocks: true,
    // V8 13.6 may end a process of many threads when it compiles calls from WebAssembly, by which Node strips types.
    execArgv: ["--wasm-wrapper-tiering-budget=2000000000"],
    // Bounds on tests that hang, not on how fast a machine is: both of its cores may be busy with other packages' tests.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
