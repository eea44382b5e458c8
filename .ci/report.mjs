import { existsSync, readFileSync, rmSync } from "node:fs";

/**
 * Reads what one package's tests came to. Where `file` is missing or tells of no test at all, the package counts as one
 * failure: its tests were to run and nothing shows that they did.
 */
export function readReport(name, file) {
  if (!existsSync(file)) return failure(name, "no report: the tests did not run to their end, or did not run at all");
  const report = { name, ...JSON.parse(readFileSync(file, "utf8")) };
  return report.passed + report.failed.length + report.skipped.length > 0 ? report : failure(name, "no test was found");
}

/** The report of something that failed other than in a test. */
export function failure(name, reason) {
  return { name, passed: 0, failed: [reason], skipped: [] };
}

/** Removes the reports of an earlier run, so that none of them can be taken for this run's. */
export function removeReports(files) {
  for (const file of files) rmSync(file, { force: true });
}

/** Prints a line for each report, then what failed and what was skipped and why. */
export function printReports(reports) {
  const width = Math.max(0, ...reports.map(({ name }) => name.length));
  console.log("");
  for (const report of reports) console.log(`${report.name.padEnd(width)}  ${counts(total([report]))}`);
  for (const { name, failed } of reports) for (const test of failed) console.log(`failed: ${name}: ${oneLine(test)}`);
  for (const { name, skipped } of reports) {
    for (const test of skipped)
      console.log(`skipped: ${name}: ${oneLine(test.name)} (${oneLine(test.reason ?? "no reason given")})`);
  }
}

/** Adds the reports up. */
export function total(reports) {
  const sum = (count) => reports.reduce((before, report) => before + count(report), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed.length),
    skipped: sum(({ skipped }) => skipped.length),
  };
}

/** Prints the closing line and ends the process: with 0 when nothing failed and, in CI, nothing was skipped. */
export function close({ passed, failed, skipped }) {
  const isSkipRefused = process.env.CI === "true" && skipped > 0;
  if (isSkipRefused) console.log("skipped tests count as not passed here, because CI=true");
  console.log(`\n${counts({ passed, failed, skipped })}`);
  process.exitCode = failed > 0 || isSkipRefused ? 1 : 0;
}

function counts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function oneLine(text) {
  return text.replace(/\s+/g, " ").slice(0, 400);
}
