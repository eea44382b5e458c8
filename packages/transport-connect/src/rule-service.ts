import type { ServiceImpl } from "@connectrpc/connect";
import type { RuleSpec, Store } from "@trimtab/core";
import { fromWireContext, present, toUint64, toWireItems, toWireRule, toWireRuleCheck } from "@trimtab/wire";
import type { PutRuleRequest, RuleService } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { sessionOf, toExpected, toUpdates } from "./request-parts.ts";

/** Serves a store's rules. */
export function createRuleService(store: Store, { unary }: Calls): ServiceImpl<typeof RuleService> {
  return {
    putRule: unary(async (request) => {
      const { rule, revision } = await store.putRule(
        sessionOf(request),
        toRuleSpec(request),
        present({
          ...fromWireContext(request.context),
          allowViolated: request.allowViolated,
          expectedRevision: toExpected(request.expectedRevision, "expected_revision"),
        }),
      );
      return { rule: toWireRule(rule), revision: toUint64(revision) };
    }),
    getRule: unary(async (request) => ({
      rule: toWireRule(await store.getRule(sessionOf(request), required(request.name, "name"))),
    })),
    listRules: unary(async (request) => {
      const options = toPageOptions(request, { variable: request.variable || undefined });
      const page = await store.listRules(sessionOf(request), options);
      return {
        rules: page.items.map(toWireRule),
        nextPageToken: page.nextPageToken ?? "",
        revision: toUint64(page.revision),
      };
    }),
    deleteRule: unary(async (request) => {
      const { revision } = await store.deleteRule(sessionOf(request), required(request.name, "name"), {
        ...fromWireContext(request.context),
        allowMissing: request.allowMissing,
      });
      return { revision: toUint64(revision) };
    }),
    validateRule: unary(async (request) => {
      const { problems, check, revision } = await store.validateRule(sessionOf(request), request.expression);
      return {
        problems: [...problems],
        revision: toUint64(revision),
        ...(check !== undefined && { check: toWireRuleCheck(check) }),
      };
    }),
    checkRules: unary(async (request) => {
      const { checks, holds, refused, revision } = await store.checkRules(sessionOf(request), {
        updates: toUpdates(request.updates),
        rules: request.rules,
      });
      return {
        checks: checks.map(toWireRuleCheck),
        holds,
        refused: toWireItems(refused),
        revision: toUint64(revision),
      };
    }),
  };
}

const toRuleSpec = ({ name, expression, message, description, disabled }: PutRuleRequest): RuleSpec => ({
  name,
  expression,
  message,
  description,
  disabled,
});
