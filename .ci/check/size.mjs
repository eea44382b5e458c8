import { listFiles, readText } from "./files.mjs";

/** Lines of a source file from which it is mentioned, and above which the check fails. */
const LONG = 250;
const TOO_LONG = 400;

const SOURCE = /^(packages|apps|\.ci)\/.*\.(ts|tsx|mts|js|mjs|py|css)$/;
const EXEMPT = /\.(test|faults)\.[a-z]+$|(^|\/)(test|test-parts|e2e|gen|dist)\//;

/** Finds source files that do too much to be read at once. Tests and generated code may be as long as they like. */
export async function checkSize() {
  const sizes = (await listFiles())
    .filter((path) => SOURCE.test(path) && !EXEMPT.test(path))
    .map((path) => ({ path, lines: (readText(path) ?? "").trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > LONG)
    .sort((a, b) => b.lines - a.lines);
  const describe =
    (limit) =>
    ({ path, lines }) =>
      `${path} has ${lines} lines, more than ${limit}`;
  return {
    failures: sizes.filter(({ lines }) => lines > TOO_LONG).map(describe(TOO_LONG)),
    notes: sizes.filter(({ lines }) => lines <= TOO_LONG).map(describe(LONG)),
  };
}
