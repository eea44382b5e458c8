import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";

/** A test that did not run, and why where the test said so. */
interface SkippedTest {
  readonly name: string;
  readonly reason?: string;
}

/** What a run of one package's tests came to; `.ci/report.mjs` adds these up. */
interface TestReport {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: readonly SkippedTest[];
}

/** Writes the outcome of a run as JSON to a path below the package, with the reasons that vitest's own JSON leaves out. */
export function createReportWriter(path: string): Reporter {
  let root = ".";
  return {
    onInit(vitest: Vitest) {
      root = vitest.config.root;
    },
    onTestRunEnd(modules, unhandledErrors) {
      const file = resolve(root, path);
      mkdirSync(dirname(file), { recursive: true });
      const stray = unhandledErrors.map((error) => `error outside any test: ${error.message}`);
      writeFileSync(file, `${JSON.stringify(summarize(modules, stray), undefined, 2)}\n`);
    },
  };
}

function summarize(modules: readonly TestModule[], stray: readonly string[]): TestReport {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
  return {
    passed: inState("passed").length,
    // A test still pending when the run ends was cut off, which is no success.
    failed: [
      ...[...inState("failed"), ...inState("pending")].map(nameOf),
      ...modules.flatMap(failedOutsideTests),
      ...stray,
    ],
    skipped: inState("skipped").map(toSkipped),
  };
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

function toSkipped(test: TestCase): SkippedTest {
  const result = test.result();
  const reason = result.state === "skipped" ? result.note : undefined;
  return { name: nameOf(test), ...(reason === undefined ? {} : { reason }) };
}

/** A file that cannot be loaded, and a suite whose hook fails, are failures that no test of theirs reports. */
function failedOutsideTests(module: TestModule): string[] {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  return [
    ...module.errors().map((error) => `${module.relativeModuleId}: ${error.message}`),
    ...suites.map((suite) => `${module.relativeModuleId} > ${suite.fullName}: ${suite.errors()[0]?.message}`),
  ];
}
