import type { AccessQuestion, AccessRule } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAccessControl } from "./create-access-control.ts";
import { question, rule, rules, sharedVariable } from "./test-parts/arbitraries.ts";

const control = createAccessControl({ expressions: cel });
const allows = (asked: AccessQuestion) => control.authorize(asked).allowed;
const ownRules = ({ variable }: AccessQuestion): readonly AccessRule[] => variable?.permissions?.rules ?? [];
const withOwn = (asked: AccessQuestion, own: readonly AccessRule[], value = 1): AccessQuestion => ({
  ...asked,
  variable: sharedVariable(own, value),
});

/** Whether a rule matches, said by one that nothing else can decide. */
const matches = (asked: AccessQuestion, each: AccessRule): boolean => {
  const alone = { ...withOwn(asked, [each]), sessionRules: [] };
  return control.authorize(alone).basis === "rule";
};

describe("laws of access", () => {
  test("without a rule the answer is no", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const bare = { ...withOwn(asked, []), sessionRules: [] };
        expect(control.authorize(bare)).toEqual({ allowed: false, basis: "no-rule" });
      }),
    );
  });

  test("a session has every permission on its own variables, whatever the rules", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const own = { ...asked, owner: asked.caller.session };
        expect(control.authorize(own)).toEqual({ allowed: true, basis: "owner" });
      }),
    );
  });

  test("a rule that allows, added, never takes access away, and one that denies never gives any", () => {
    fc.assert(
      fc.property(question, rule, fc.boolean(), (asked, added, sessionWide) => {
        const before = allows(asked);
        const larger = sessionWide
          ? { ...asked, sessionRules: [...asked.sessionRules, added] }
          : withOwn(asked, [...ownRules(asked), added]);
        if (added.effect === "allow") expect(allows(larger) || !before).toBe(true);
        else expect(!allows(larger) || before).toBe(true);
      }),
    );
  });

  test("what denies overrides what allows at the same priority and below", () => {
    fc.assert(
      fc.property(question, rule, (asked, each) => {
        const top = Math.max(...[...ownRules(asked), ...asked.sessionRules].map(({ priority }) => priority), -2);
        const denial: AccessRule = { ...each, effect: "deny", priority: top };
        fc.pre(matches(asked, denial));
        expect(allows({ ...asked, sessionRules: [...asked.sessionRules, denial] })).toBe(false);
        expect(allows(withOwn(asked, [denial, ...ownRules(asked)]))).toBe(false);
      }),
    );
  });

  test("the order of rules does not matter, nor whether they are the variable's or the session's", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const all = [...ownRules(asked), ...asked.sessionRules];
        expect(allows({ ...withOwn(asked, []), sessionRules: all.toReversed() })).toBe(allows(asked));
        expect(allows({ ...withOwn(asked, all), sessionRules: [] })).toBe(allows(asked));
      }),
    );
  });

  test("the value of the variable does not matter", () => {
    fc.assert(
      fc.property(question, fc.double(), (asked, value) => {
        const other = withOwn(asked, ownRules(asked), value);
        expect(control.authorize(other)).toEqual(control.authorize(asked));
        expect(control.explain(other)).toEqual(control.explain(asked));
      }),
    );
  });

  test("an answer names the rule that decided, and nothing of less weight mattered", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { basis, rule: decided, allowed } = control.authorize(asked);
        const all = [...ownRules(asked), ...asked.sessionRules];
        expect(basis).toBe(decided === undefined ? "no-rule" : "rule");
        if (decided === undefined) return;
        expect(all).toContain(decided);
        expect(decided.effect).toBe(allowed ? "allow" : "deny");
        expect(matches(asked, decided)).toBe(true);
        const rest = all.filter((each) => each === decided || each.priority > decided.priority);
        expect(allows({ ...withOwn(asked, rest), sessionRules: [] })).toBe(allowed);
      }),
    );
  });

  test("an explanation tells of every rule and agrees with the answer", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const verdicts = control.explain(asked);
        const all = [...ownRules(asked), ...asked.sessionRules];
        expect(new Set(verdicts.map((verdict) => verdict.rule))).toEqual(new Set(all));
        const deciding = verdicts.filter(({ whyNot }) => whyNot === "").map((verdict) => verdict.rule);
        const { rule: decided } = control.authorize(asked);
        expect(deciding).toEqual(decided === undefined ? [] : [decided]);
        for (const verdict of verdicts) expect(verdict.matched).toBe(matches(asked, verdict.rule));
      }),
    );
  });

  test("a rule is as good as none once it has expired", () => {
    fc.assert(
      fc.property(question, rule, rules, (asked, each, others) => {
        const expired = { ...each, expiresAtMs: asked.atMs };
        const without = { ...asked, sessionRules: others };
        expect(allows({ ...asked, sessionRules: [...others, expired] })).toBe(allows(without));
      }),
    );
  });

  test("agrees with a plain reading of the model", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const matching = [...ownRules(asked), ...asked.sessionRules].filter((each) => matches(asked, each));
        const top = Math.max(...matching.map(({ priority }) => priority));
        const counting = matching.filter(({ priority }) => priority === top);
        expect(allows(asked)).toBe(counting.length > 0 && counting.every(({ effect }) => effect === "allow"));
      }),
    );
  });

  test("patterns made to be slow are matched all the same", () => {
    const hostile = fc.string({ unit: fc.constantFrom("a", "*"), minLength: 100, maxLength: 255 });
    fc.assert(
      fc.property(question, rule, hostile, (asked, each, sessionPattern) => {
        const caller = { ...asked.caller, session: `${"a".repeat(100_000)}b` };
        const alone = { ...asked, caller, sessionRules: [{ ...each, sessionPattern, when: "", conditions: {} }] };
        const answer = control.authorize({
          ...withOwn(alone, []),
          permission: each.permissions[0] ?? "read",
          atMs: -1,
        });
        expect(answer.basis).toBe(sessionPattern.endsWith("*") ? "rule" : "no-rule");
      }),
    );
  });
});
