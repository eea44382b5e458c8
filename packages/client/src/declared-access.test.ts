import { createRouterTransport } from "@connectrpc/connect";
import { createRoutes } from "@trimtab/transport-connect";
import { float, string } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStoreClient, openSession } from "./index.ts";
import { createJudgedStore } from "./test-parts/open-remote.ts";

test.each(["in process", "over a transport"])(
  "declarations say who may do what, and what is sensitive: %s",
  async (how) => {
    const local = createJudgedStore();
    onTestFinished(() => local.close());
    const remote = createStoreClient(createRouterTransport(createRoutes({ store: local })));
    const store = how === "in process" ? local : remote;
    const app = await openSession(store, "owner", {
      shared: float({ default: 1, accessRules: [{ sessionPattern: "guest", permissions: ["read", "write"] }] }),
      key: string({
        default: "secret",
        min_length: 3,
        sensitive: true,
        accessRules: [{ id: "w", sessionPattern: "g*", permissions: ["write"] }],
      }),
      own: float({ default: 1, sensitive: false, accessRules: [] }),
    });
    onTestFinished(() => app.close());
    await local.createSession({ id: "guest" });
    const guest = local.as({ id: "bob", sessions: ["guest"] });
    await guest.setVariable("guest", "owner/shared", 2);
    expect((await guest.getVariable("guest", "owner/shared")).value).toBe(2);
    await expect(guest.getVariable("guest", "owner/key")).rejects.toMatchObject({ reason: "access_denied" });
    await expect(guest.getVariable("guest", "owner/own")).rejects.toMatchObject({ reason: "access_denied" });
    const { found } = await store.getVariables("owner", ["key", "own"]);
    expect([found.get("key")?.sensitive, found.get("own")?.sensitive ?? false]).toEqual([true, false]);
    const { rules } = await store.getVariablePermissions("owner", "key");
    expect(rules).toMatchObject([{ id: "w", sessionPattern: "g*", permissions: ["write"], effect: "allow" }]);
    const refused = await store.setVariable("owner", "key", "no").catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: "constraint_violation" });
    await expect(app.variables.key.set("no")).rejects.toMatchObject({ message: (refused as Error).message });
  },
);
