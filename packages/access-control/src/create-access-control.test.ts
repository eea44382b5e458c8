import type { AccessQuestion, AccessRule } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { describe, expect, test } from "vitest";
import { createAccessControl } from "./create-access-control.ts";
import { sharedVariable } from "./test-parts/arbitraries.ts";

const base: AccessRule = {
  id: "r",
  sessionPattern: "*",
  permissions: ["read"],
  conditions: {},
  when: "",
  priority: 0,
  effect: "allow",
  description: "",
};

const ask = (rule: Partial<AccessRule>, asked: Partial<AccessQuestion> = {}): AccessQuestion => ({
  caller: { session: "tuner-1", principal: "ada", attributes: { team: "search", level: 3 }, roles: ["admin"] },
  permission: "read",
  owner: "owner",
  variable: sharedVariable([{ ...base, ...rule }]),
  sessionRules: [],
  atMs: Date.UTC(2026, 10, 21),
  ...asked,
});

describe("a rule", () => {
  const control = createAccessControl({ expressions: cel });

  test.each<[string, Partial<AccessRule>, boolean]>([
    ["its pattern matches whole, every other character for itself", { sessionPattern: "tuner-?" }, false],
    ["a star stands for any run", { sessionPattern: "t*-*" }, true],
    ["a pattern is not looked for inside", { sessionPattern: "uner-1" }, false],
    ["one permission does not imply another", { permissions: ["write", "observe", "optimize"] }, false],
    ["every condition must hold", { conditions: { team: "search", level: 3 } }, true],
    ["a condition that does not hold", { conditions: { team: "search", level: 4 } }, false],
    ["a condition on what the caller lacks", { conditions: { country: "ch" } }, false],
    ["a condition on what every object inherits", { conditions: { constructor: "x" } }, false],
    ["text is no number", { conditions: { level: "3" } }, false],
    ["its condition holds", { when: "'admin' in caller.roles && caller.principal == 'ada'" }, true],
    ["its condition does not hold", { when: "caller.attributes.level > 3.0" }, false],
    ["its condition knows the variable", { when: "variable.name == 'temperature' && variable.type == 'float'" }, true],
    ["its condition knows the time", { when: "timestamp(now).getHours() == 0 && permission == 'read'" }, true],
    ["it has not expired", { expiresAtMs: Date.UTC(2026, 10, 21) + 0.001 }, true],
    ["it has expired", { expiresAtMs: Date.UTC(2026, 10, 21) }, false],
  ])("matches or not: %s", (_, rule, matches) => {
    expect(control.authorize(ask(rule)).allowed).toBe(matches);
    expect(control.authorize(ask({ ...rule, effect: "deny" })).basis).toBe(matches ? "rule" : "no-rule");
  });

  test.each([
    ["cannot be evaluated", "caller.attributes.missing == 1.0", control],
    ["says neither yes nor no", "caller.attributes.level", control],
    ["does not read", "(((", control],
    ["is asked where nothing reads it", "true", createAccessControl()],
  ])("whose condition %s keeps doors shut: it denies, and does not allow", (_, when, judge) => {
    expect(judge.authorize(ask({ when }))).toEqual({ allowed: false, basis: "no-rule" });
    expect(judge.authorize(ask({ when, effect: "deny" }))).toMatchObject({ allowed: false, basis: "rule" });
    expect(judge.explain(ask({ when }))[0]?.whyNot).toContain("its condition cannot be evaluated");
  });

  test("is outweighed by one of a higher priority, whatever either does", () => {
    const asked = ask(
      { effect: "deny", priority: 1 },
      {
        sessionRules: [
          { ...base, id: "exception", priority: 2 },
          { ...base, id: "never", effect: "deny" },
        ],
      },
    );
    expect(control.authorize(asked)).toMatchObject({ allowed: true, rule: { id: "exception" } });
    expect(control.explain(asked).map(({ rule, whyNot }) => [rule.id, whyNot])).toEqual([
      ["exception", ""],
      ["r", "rule exception counts before it"],
      ["never", "rule exception counts before it"],
    ]);
  });
});
