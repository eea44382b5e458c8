import { type Declarations, isStoreError } from "@trimtab/core";
import { integer, string } from "@trimtab/types";
import { describe, expect, it } from "vitest";
import { openSession } from "./open-session.ts";
import { closingAfterEach, thrown } from "./test-parts/assistant.ts";

const { closing, newStore } = closingAfterEach();

async function open<D extends Declarations>(declared: D) {
  const store = newStore();
  const app = closing(await openSession(store, "s", declared, { onError: () => {} }));
  return { store, app };
}

/** What a refusal tells. */
const toldBy = (error: unknown) => {
  if (!isStoreError(error)) return expect.fail(`a refusal, got ${String(error)}`);
  return JSON.stringify([error.message, error.details, [...(error.items ?? [])], String(error.cause ?? "")]);
};

const refusalOf = (call: Promise<unknown>) => call.then(() => expect.fail("a refusal"), toldBy);

describe("a value of a sensitive variable", () => {
  it("is in no refusal, which is the store's own", async () => {
    const { store, app } = await open({
      key: string({ default: "secret", pattern: "^sk-|^secret$", sensitive: true }),
    });
    const { key } = app.variables;
    const said = await refusalOf(store.setVariable("s", "key", "hunter2"));
    expect(said).not.toContain("hunter2");
    expect(await refusalOf(key.set("hunter2"))).toBe(said);
    expect(await refusalOf(key.update(() => "hunter2"))).toBe(said);
    expect(await refusalOf(app.set({ key: "hunter2" }))).not.toContain("hunter2");
    expect(await refusalOf(key.set(4711 as never))).not.toContain("4711");
  });

  it("is in none once somebody else has said that it is sensitive, and again where another one follows", async () => {
    const { store, app } = await open({ key: string({ default: "secret", max_length: 6 }) });
    const { key } = app.variables;
    expect(await refusalOf(key.set("hunter2"))).toContain("hunter2");
    const { revision } = await store.setVariable("s", "key", "public", { metadata: { sensitive: true } });
    await app.caughtUp(revision);
    expect(await refusalOf(key.set("hunter2"))).not.toContain("hunter2");
    await store.deleteVariable("s", "key");
    const spec = { name: "key", type: "string", value: "a", constraints: { max_length: 6 } };
    await app.caughtUp((await store.registerVariable("s", spec)).revision);
    expect(await refusalOf(key.set("hunter2"))).toContain("hunter2");
  });

  it("is not told where the declared type cannot read it", async () => {
    const store = newStore();
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "pin", type: "integer", value: 2n ** 60n, sensitive: true });
    const told: unknown[] = [];
    const app = closing(await openSession(store, "s", { pin: integer() }, { onError: (error) => told.push(error) }));
    for (const error of [thrown(() => app.variables.pin.value), ...told]) {
      expect(toldBy(error)).not.toContain(String(2n ** 60n));
    }
    expect(told).toHaveLength(1);
  });
});
