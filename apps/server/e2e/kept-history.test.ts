import { expect, onTestFinished, test } from "vitest";
import { startServer } from "../src/index.ts";

test("a log in memory is kept as far back as settings say", async () => {
  const listen = { host: "127.0.0.1", port: 0 };
  const settings = { listen, log: "memory", historyCommits: 5 } as const;
  const { store, close } = await startServer(settings, { store: { snapshotEvery: 5 } });
  onTestFinished(close);
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 0 });
  for (let value = 1; value <= 50; value++) await store.setVariable("s", "x", value);
  const begun = () => store.getSessionAt("s", { kind: "revision", revision: 2 });
  await expect.poll(() => begun().catch((error) => error.reason)).toBe("not_found");
  expect(await store.getVariable("s", "x")).toMatchObject({ value: 50 });
});
