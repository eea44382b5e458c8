import { createClient, createRouterTransport, type Interceptor } from "@connectrpc/connect";
import type { Principal, Store } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { VariableService, WatchService } from "@trimtab/wire/services";
import { expect, onTestFinished, test } from "vitest";
import { createRoutes } from "./create-routes.ts";
import { principalKey } from "./principal.ts";

async function openStore(value: number): Promise<Store> {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "integer", value });
  return store;
}

test("each call is answered from the store that its principal sees, and a principal's is prepared once", async () => {
  const [ofNobody, ofAda, ofBob] = await Promise.all([openStore(0), openStore(1), openStore(2)]);
  const ada: Principal = { id: "ada", sessions: ["*"] };
  const bob: Principal = { id: "bob", sessions: ["*"] };
  const asked: (string | undefined)[] = [];
  const routes = createRoutes({
    store: ofNobody,
    storeFor: (principal) => {
      asked.push(principal?.id);
      return principal === undefined ? ofNobody : principal === ada ? ofAda : ofBob;
    },
  });
  const known = new Map([ada, bob].map((principal) => [principal.id, principal]));
  const whoCalls: Interceptor = (next) => (request) => {
    request.contextValues.set(principalKey, known.get(request.header.get("x-name") ?? ""));
    return next(request);
  };
  const transport = createRouterTransport(routes, { router: { interceptors: [whoCalls] } });
  const variables = createClient(VariableService, transport);
  const watches = createClient(WatchService, transport);
  const read = async (headers: Record<string, string>) => {
    const { variable } = await variables.getVariable({ sessionId: "s", variable: "x" }, { headers });
    for await (const { event } of watches.watchVariables({ sessionId: "s" }, { headers })) {
      return [variable?.value, event.case === "snapshot" ? event.value.variables[0]?.value : undefined];
    }
    return [];
  };
  const answers = [await read({}), await read({ "x-name": "ada" }), await read({ "x-name": "bob" })];
  const integers = answers.map((values) => values.map((value) => value?.kind.value));
  expect(integers).toEqual([
    [0n, 0n],
    [1n, 1n],
    [2n, 2n],
  ]);
  const before = asked.length;
  await read({ "x-name": "ada" });
  expect(asked.length).toBe(before);
});
