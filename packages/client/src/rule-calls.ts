import type { Client } from "@connectrpc/connect";
import type { PutRuleOptions, RuleSpec, Store } from "@trimtab/core";
import { encodeFlag, encodeText, fromUint64, fromWireItems, fromWireRule, fromWireRuleCheck } from "@trimtab/wire";
import type { RuleService } from "@trimtab/wire/services";
import { readPage, readReceipt } from "./answers.ts";
import {
  encodeExpectedRevision,
  encodeFilter,
  encodeName,
  encodePage,
  encodeUpdates,
  refuseExpectedVersion,
} from "./arguments.ts";
import type { Caller } from "./caller.ts";

type RuleCalls = Pick<Store, "putRule" | "getRule" | "listRules" | "deleteRule" | "validateRule" | "checkRules">;

/** The part of a store that deals with rules, over a transport. */
export const createRuleCalls = (client: Client<typeof RuleService>, { call, context }: Caller): RuleCalls => ({
  putRule: (session, rule, options = {}) =>
    call(
      (to) => {
        const sessionId = encodeText(session, "session");
        return client.putRule({ sessionId, ...encodeRule(rule, options), context: context(options) }, to);
      },
      (answer) => ({ ...readReceipt(session, answer), rule: fromWireRule(answer.rule) }),
    ),
  getRule: (session, name) =>
    call(
      (to) => client.getRule(encodeName(session, name), to),
      (answer) => fromWireRule(answer.rule),
    ),
  listRules: (session, options = {}) =>
    call(
      (to) => {
        const variable = encodeFilter(options.variable, "variable");
        return client.listRules({ sessionId: encodeText(session, "session"), variable, ...encodePage(options) }, to);
      },
      (answer) => ({
        ...readPage(answer.rules, answer, fromWireRule),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
  deleteRule: (session, name, options = {}) =>
    call(
      (to) => {
        refuseExpectedVersion(options, "a rule has no version");
        const allowMissing = encodeFlag(options.allowMissing, "allowMissing");
        return client.deleteRule({ ...encodeName(session, name), allowMissing, context: context(options) }, to);
      },
      (answer) => readReceipt(session, answer),
    ),
  validateRule: (session, expression) =>
    call(
      (to) => {
        const sessionId = encodeText(session, "session");
        return client.validateRule({ sessionId, expression: encodeText(expression, "expression") }, to);
      },
      ({ problems, check, revision }) => ({
        revision: fromUint64(revision, "revision"),
        problems: problems.map(({ message, offset }) => ({ message, offset })),
        ...(check !== undefined && { check: fromWireRuleCheck(check, "check") }),
      }),
    ),
  checkRules: (session, { updates = {}, rules = [] } = {}) =>
    call(
      (to) =>
        client.checkRules(
          {
            sessionId: encodeText(session, "session"),
            updates: encodeUpdates(updates),
            rules: rules.map((name) => encodeText(name, "rules")),
          },
          to,
        ),
      (answer) => ({
        revision: fromUint64(answer.revision, "revision"),
        checks: answer.checks.map((check, index) => fromWireRuleCheck(check, `checks[${index}]`)),
        holds: answer.holds,
        refused: fromWireItems(answer.refused),
      }),
    ),
});

const encodeRule = ({ name, expression, message, description, disabled }: RuleSpec, options: PutRuleOptions) => ({
  name: encodeText(name, "rule"),
  expression: encodeText(expression, "expression"),
  message: encodeText(message ?? "", "message"),
  description: encodeText(description ?? "", "description"),
  disabled: encodeFlag(disabled, "disabled"),
  allowViolated: encodeFlag(options.allowViolated, "allowViolated"),
  ...encodeExpectedRevision(options),
});
