import { describe, expect, test } from "vitest";
import { listPublicPackages } from "../src/public-package.ts";
import { readmeExamples, runExample } from "../src/readme-examples.ts";

describe.each(listPublicPackages())("the README of $name", ({ dir }) => {
  const examples = readmeExamples(dir);

  test("has an example", () => expect(examples.length).toBeGreaterThan(0));

  test("shows what its examples print", async () => {
    for (const example of examples) expect(await runExample(dir, example)).toEqual(example.promised);
  });
});
