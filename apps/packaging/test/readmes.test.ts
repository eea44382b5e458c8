import { describe, expect, test } from "vitest";
import { listPublicPackages } from "../src/public-package.ts";
import { checkExamples, readmeExamples, runExample } from "../src/readme-examples.ts";

describe.each(listPublicPackages())("the README of $name", ({ dir }) => {
  const examples = readmeExamples(dir);

  test("has an example", () => expect(examples.length).toBeGreaterThan(0));

  test("shows what its examples print", async () => {
    for (const example of examples) expect(await runExample(dir, example)).toEqual(example.promised);
  });
});

test("the examples are what a strict compiler takes", async () => {
  await checkExamples(listPublicPackages().map(({ dir }) => dir));
}, 180_000);
