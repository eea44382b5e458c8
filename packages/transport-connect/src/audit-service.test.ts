import { createClient, createRouterTransport, type Interceptor } from "@connectrpc/connect";
import type { AuditTrail } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { AuditService } from "@trimtab/wire/services";
import { expect, onTestFinished, test } from "vitest";
import { createRoutes } from "./create-routes.ts";
import { principalKey } from "./principal.ts";

const trail: AuditTrail = {
  listAuditEntries: async () => ({ items: [] }),
  async *watchAudit() {},
};

/** Asks for the audit of a session as a principal that may act as `own` alone. */
async function ask(principal: string, sessionId: string) {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  const audit = { trail, addressOf: () => "", refuse: async () => {} };
  const whoCalls: Interceptor = (next) => (request) => {
    request.contextValues.set(principalKey, { id: principal, sessions: ["own"] });
    return next(request);
  };
  const transport = createRouterTransport(createRoutes({ store, audit }), { router: { interceptors: [whoCalls] } });
  return createClient(AuditService, transport).listAuditEntries({ sessionId });
}

test("the audit of a session is for those who may act as it, and others are refused as by a store", async () => {
  expect((await ask("ada", "own")).entries).toEqual([]);
  await expect(ask("ada", "other")).rejects.toMatchObject({ rawMessage: "ada may not act as session other" });
  await expect(ask("", "other")).rejects.toMatchObject({ rawMessage: "the caller may not act as session other" });
});
