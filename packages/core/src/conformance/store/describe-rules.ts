import { describe, expect, test } from "vitest";
import { type OpenStore, openNumbers, rejection, type StoreFacts } from "./harness.ts";

const ordered = { name: "ordered", expression: "low <= high", message: "low must not be above high" };

/** Registers what a store promises of rules that values must keep. */
export function describeRules(open: OpenStore, { expressions = false }: StoreFacts): void {
  describe.skipIf(!expressions)("rules", () => {
    describeKeeping(open);
    describeEnforcing(open);
    describeChecking(open);
  });
}

function describeKeeping(open: OpenStore): void {
  test("are stored, read, replaced, listed and deleted", async () => {
    const { store } = await openNumbers(open, { low: 1, high: 2, other: 3 });
    const ids = (await store.listVariables("s")).items.map(({ id }) => id);
    const { rule, revision } = await store.putRule("s", ordered, { actor: "ada" });
    expect(rule).toMatchObject({ ...ordered, description: "", disabled: false, updatedBy: "ada", revision });
    expect(rule.variables).toEqual(ids.slice(0, 2));
    expect(await store.getRule("s", "ordered")).toEqual(rule);
    const { rule: again } = await store.putRule("s", { ...ordered, description: "d" }, { expectedRevision: revision });
    expect(again).toMatchObject({ description: "d", createdAtMs: rule.createdAtMs });
    expect(again.updatedAtMs).toBeGreaterThan(rule.updatedAtMs);
    await store.putRule("s", { name: "positive", expression: "other > 0.0" });
    expect((await store.listRules("s")).items.map(({ name }) => name)).toEqual(["ordered", "positive"]);
    expect((await store.listRules("s", { variable: "other" })).items.map(({ name }) => name)).toEqual(["positive"]);
    await rejection(store.listRules("s", { variable: "nope" }), "not_found");
    const first = await store.listRules("s", { pageSize: 1 });
    const rest = await store.listRules("s", { pageToken: first.nextPageToken ?? "" });
    expect(rest.items.map(({ name }) => name)).toEqual(["positive"]);
    await store.deleteRule("s", "ordered");
    const error = await rejection(store.getRule("s", "ordered"), "not_found");
    expect(error.details).toEqual({ resource: "rule", id: "ordered" });
    await rejection(store.deleteRule("s", "ordered"), "not_found");
    await store.deleteRule("s", "ordered", { allowMissing: true });
    await store.setVariable("s", "low", 9);
  });

  test("are stored only over what was expected", async () => {
    const { store } = await openNumbers(open, { low: 1, high: 2 });
    const { revision } = await store.putRule("s", ordered, { expectedRevision: 0 });
    const error = await rejection(store.putRule("s", ordered, { expectedRevision: 0 }), "revision_mismatch");
    expect(error.details).toMatchObject({ expected: 0, actual: revision });
  });

  test.each([
    ["an empty name", { name: "", expression: "low < high" }, "invalid_argument"],
    ["what is no expression", { name: "r", expression: "low <" }, "invalid_expression"],
    ["no expression", { name: "r", expression: "" }, "invalid_argument"],
    ["an unknown variable", { name: "r", expression: "low < nope" }, "not_found"],
    ["a value instead of a condition", { name: "r", expression: "low + high" }, "rule_violation"],
    ["what does not hold now", { name: "r", expression: "low > high", message: "too low" }, "rule_violation"],
  ] as const)("are refused for %s", async (_, rule, reason) => {
    const { store } = await openNumbers(open, { low: 1, high: 2 });
    await rejection(store.putRule("s", rule), reason);
    expect((await store.listRules("s")).items).toEqual([]);
    expect(await store.getSession("s")).toMatchObject({ revision: 2 });
  });
}

function describeEnforcing(open: OpenStore): void {
  test("refuse a write whole, in their own words and with the values", async () => {
    const { store } = await openNumbers(open, { low: 1, high: 2, other: 3 });
    const { rule } = await store.putRule("s", ordered);
    const error = await rejection(store.setVariable("s", "low", 5), "rule_violation");
    expect(error.code).toBe("failed_precondition");
    expect(error.details).toEqual({ rule: "ordered", variables: rule.variables });
    expect(error.message).toContain("low must not be above high (low = 5, high = 2)");
    await rejection(store.setVariables("s", { other: 9, low: 5 }), "rule_violation");
    await rejection(store.setVariables("s", { other: 9, low: 5 }, { atomic: false }), "rule_violation");
    expect(await store.getSession("s")).toMatchObject({ revision: 3 });
    expect((await store.getVariable("s", "other")).version).toBe(0);
  });

  test("are held against a batch as a whole, and not against what touches none of their variables", async () => {
    const { store } = await openNumbers(open, { low: 1, high: 2, other: 3 });
    await store.putRule("s", ordered);
    await store.setVariables("s", { low: 5, high: 6 });
    await store.setVariables("s", { high: 1, low: 0 });
    await store.setVariable("s", "other", -1);
    expect((await store.getVariable("s", "high")).value).toBe(1);
  });

  test("hold of derived values too", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    const derivation = { kind: "expression", expression: "a * 2.0" } as const;
    await store.registerVariable("s", { name: "twice", type: "float", derivation });
    await store.putRule("s", { name: "small", expression: "twice < 10.0" });
    const error = await rejection(store.setVariable("s", "a", 6), "rule_violation");
    expect(error.message).toContain("twice = 12");
    expect(await store.getVariable("s", "a")).toMatchObject({ value: 1, version: 0 });
    await store.setVariable("s", "a", 4);
  });

  test("that are disabled or do not hold yet can be kept", async () => {
    const { store } = await openNumbers(open, { low: 5, high: 2, other: 0 });
    const { rule } = await store.putRule("s", { ...ordered, disabled: true });
    expect(rule.disabled).toBe(true);
    await store.setVariable("s", "low", 6);
    const error = await rejection(store.putRule("s", ordered), "rule_violation");
    expect(error.message).toContain("low = 6, high = 2");
    expect((await store.getRule("s", "ordered")).disabled).toBe(true);
    await store.putRule("s", ordered, { allowViolated: true });
    await store.setVariable("s", "other", 1);
    await rejection(store.setVariable("s", "low", 4), "rule_violation");
    await store.setVariable("s", "low", 2);
  });

  test("keep the variables that they name", async () => {
    const { store } = await openNumbers(open, { low: 1, high: 2 });
    await store.putRule("s", ordered);
    const error = await rejection(store.deleteVariable("s", "low"), "has_dependents");
    expect(error.message).toContain("the rule ordered depends on it");
    await store.deleteVariable("s", "low", { cascade: true });
    expect((await store.listRules("s")).items).toEqual([]);
    await store.setVariable("s", "high", -1);
  });
}

function describeChecking(open: OpenStore): void {
  test("are checked against what is, and against what might be, and nothing changes", async () => {
    const { store } = await openNumbers(open, { low: 1, high: 2, other: 3 });
    const { rule } = await store.putRule("s", ordered);
    await store.putRule("s", { name: "off", expression: "other > 0.0", disabled: true });
    const now = await store.checkRules("s");
    expect(now).toMatchObject({ holds: true, revision: 4 });
    expect(now.checks.map((check) => [check.rule, check.outcome])).toEqual([
      ["ordered", "holds"],
      ["off", "disabled"],
    ]);
    const supposed = await store.checkRules("s", { updates: { low: 9, other: "x", nope: 1 }, rules: ["ordered"] });
    expect(supposed.holds).toBe(false);
    expect(supposed.checks).toEqual([
      { rule: "ordered", outcome: "violated", message: ordered.message, variables: rule.variables },
    ]);
    expect([...supposed.refused].map(([ref, { reason }]) => [ref, reason]).sort()).toEqual([
      ["nope", "not_found"],
      ["other", "validation_failed"],
    ]);
    expect((await store.checkRules("s", { rules: ["off", "ordered", "off"] })).checks.map(({ rule }) => rule)).toEqual([
      "off",
      "ordered",
    ]);
    await rejection(store.checkRules("s", { rules: ["nope"] }), "not_found");
    expect(await store.getSession("s")).toMatchObject({ revision: 4 });
    expect((await store.getVariable("s", "low")).value).toBe(1);
  });

  test("named by nobody are all checked", async () => {
    const { store } = await openNumbers(open, { low: 1, high: 2 });
    await store.putRule("s", ordered);
    expect((await store.checkRules("s", { rules: [] })).checks).toHaveLength(1);
  });

  test("that are no more than an expression are validated, and nothing changes", async () => {
    const { store } = await openNumbers(open, { low: 1, high: 2 });
    const { variables } = (await store.putRule("s", ordered)).rule;
    const validate = (expression: string) => store.validateRule("s", expression);
    expect(await validate("low < high")).toEqual({
      revision: 3,
      problems: [],
      check: { rule: "", outcome: "holds", message: "", variables },
    });
    expect((await validate("low > high")).check).toMatchObject({ outcome: "violated" });
    for (const [expression, offset] of [
      ["low <", 5],
      ["low +\n low ) ", 11],
      ["'🦉' == '' && nope", 13],
    ] as const) {
      const { problems, check } = await validate(expression);
      expect(problems).toEqual([{ message: expect.any(String), offset }]);
      expect(check).toBeUndefined();
    }
    expect((await validate("")).problems).toHaveLength(1);
    expect((await validate("low + high")).problems).toHaveLength(0);
    expect((await validate("low + high")).check).toMatchObject({ outcome: "error" });
    expect(await store.getSession("s")).toMatchObject({ revision: 3 });
  });
}
