import {
  type AccessAnswer,
  type AccessControl,
  type AccessQuestion,
  type AccessRule,
  type AccessVerdict,
  type CompileExpression,
  kinds,
  requireArguments,
} from "@trimtab/core";
import { createRuleMatcher, type RuleMatcher } from "./rule-matcher.ts";
import { byWeight, firstOf, inOrder } from "./rule-order.ts";

/** What access rules are judged with. */
export interface AccessControlOptions {
  /**
   * Reads the conditions of rules: `cel` of `@trimtab/expressions`. Without it a rule that has one cannot be evaluated:
   * it matches where it denies and does not match where it allows.
   */
  readonly expressions?: CompileExpression;
}

const creationArguments = [["options", kinds.options<AccessControlOptions>({ expressions: kinds.callable })]] as const;

/**
 * Makes what judges access: a session has every permission on its own variables; for any other, of the rules that match
 * it those of the highest priority count, and of these one that denies wins; where none matches, the answer is no. The
 * model follows Cedar's (deny by default, a denial wins, an answer names what decided), with priorities above it.
 * One question takes time proportional to the rules and the length of what they are held against.
 */
export function createAccessControl(options: AccessControlOptions = {}): AccessControl {
  requireArguments(creationArguments, [options]);
  const { expressions } = options;
  const matcher = createRuleMatcher(expressions);
  return {
    authorize: (question) => authorize(question, matcher),
    explain: (question) => explain(question, matcher),
  };
}

function authorize(question: AccessQuestion, matcher: RuleMatcher): AccessAnswer {
  const { caller, owner, sessionRules, variable } = question;
  if (caller.session === owner) return { allowed: true, basis: "owner" };
  const matches = (rule: AccessRule) => matcher.mismatch(rule, question) === undefined;
  const own = inOrder(variable?.permissions?.rules ?? []).find(matches);
  const sessionWide = inOrder(sessionRules).find(matches);
  const rule = firstOf(own, sessionWide);
  return rule === undefined
    ? { allowed: false, basis: "no-rule" }
    : { allowed: rule.effect === "allow", basis: "rule", rule };
}

function explain(question: AccessQuestion, matcher: RuleMatcher): readonly AccessVerdict[] {
  const own = inOrder(question.variable?.permissions?.rules ?? []).map((rule) => ({ rule, sessionWide: false }));
  const wide = inOrder(question.sessionRules).map((rule) => ({ rule, sessionWide: true }));
  let decided: AccessRule | undefined;
  const isOwner = question.caller.session === question.owner;
  return [...own, ...wide]
    .sort((a, b) => byWeight(a.rule, b.rule))
    .map(({ rule, sessionWide }) => {
      const mismatch = matcher.mismatch(rule, question);
      if (mismatch !== undefined) return { rule, sessionWide, matched: false, whyNot: mismatch };
      if (isOwner) return { rule, sessionWide, matched: true, whyNot: "the variable is the session's own" };
      if (decided !== undefined)
        return { rule, sessionWide, matched: true, whyNot: `rule ${decided.id} counts before it` };
      decided = rule;
      return { rule, sessionWide, matched: true, whyNot: "" };
    });
}
