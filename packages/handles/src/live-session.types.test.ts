import { boolean, choice, float, integer, string } from "@trimtab/types";
import { describe, expectTypeOf, it } from "vitest";
import type { AnyChange, Change } from "./change.ts";
import type { LiveSession } from "./live-session.ts";
import { openSession } from "./open-session.ts";
import { closingAfterEach } from "./test-parts/assistant.ts";

const { closing, newStore } = closingAfterEach();

const declared = {
  temperature: float({ min: 0, max: 2, default: 0.7 }),
  model: choice(["gpt-4", "claude-3"], { default: "gpt-4" }),
  maxTokens: integer({ default: 256 }),
  greeting: string({ default: "hello" }),
  stream: boolean({ default: true }),
};

const open = async () => closing(await openSession(newStore(), "s", declared));

describe("types, without a cast on the program's side", () => {
  it("come from the declarations", async () => {
    const app = await open();
    expectTypeOf(app).toEqualTypeOf<LiveSession<typeof declared>>();
    expectTypeOf(app.variables.temperature.value).toEqualTypeOf<number>();
    expectTypeOf(app.variables.model.value).toEqualTypeOf<"gpt-4" | "claude-3">();
    expectTypeOf(app.variables.greeting.value).toEqualTypeOf<string>();
    expectTypeOf(app.variables.stream.value).toEqualTypeOf<boolean>();
    expectTypeOf(app.values.model).toEqualTypeOf<"gpt-4" | "claude-3">();
    expectTypeOf(app.values).toHaveProperty("stream");
  });

  it("hold for declarations written in place", async () => {
    const app = closing(await openSession(newStore(), "s", { mode: choice(["fast", "good"], { default: "fast" }) }));
    expectTypeOf(app.variables.mode.value).toEqualTypeOf<"fast" | "good">();
  });

  it("refuse values of another type", async () => {
    const app = await open();
    // @ts-expect-error: not one of the choices
    await app.variables.model.set("nope").catch(() => {});
    // @ts-expect-error: text is no number
    await app.variables.temperature.set("warm").catch(() => {});
    // @ts-expect-error: not one of the choices
    await app.set({ temperature: 1, model: "nope" }).catch(() => {});
    // @ts-expect-error: not declared
    await app.set({ top_p: 1 }).catch(() => {});
    // @ts-expect-error: a batch is always atomic
    await app.set({ temperature: 1 }, { atomic: false }).catch(() => {});
    // @ts-expect-error: not declared
    expectTypeOf(app.variables.top_p).toBeUndefined();
    // @ts-expect-error: updates stay within the choices
    await app.variables.model.update((model) => `${model}-turbo`).catch(() => {});
    expectTypeOf(() => {
      // @ts-expect-error: a value is set with set
      app.variables.temperature.value = 1;
    }).toBeFunction();
    // @ts-expect-error: names go with keys that are declared
    await openSession(newStore(), "s", declared, { names: { top_p: "p" } }).catch(() => {});
  });

  it("reach subscribers and iterators", async () => {
    const app = await open();
    app.variables.model.subscribe((value, change) => {
      expectTypeOf(value).toEqualTypeOf<"gpt-4" | "claude-3">();
      expectTypeOf(change).toEqualTypeOf<Change<"gpt-4" | "claude-3">>();
    });
    expectTypeOf(app.variables.maxTokens.changes()).toExtend<AsyncIterable<Change<typeof app.values.maxTokens>>>();
    app.subscribe((changes) => {
      expectTypeOf(changes).toEqualTypeOf<readonly AnyChange<typeof declared>[]>();
      for (const change of changes) {
        if (change.key === "model") expectTypeOf(change.value).toEqualTypeOf<"gpt-4" | "claude-3">();
        if (change.key === "stream") expectTypeOf(change.value).toEqualTypeOf<boolean>();
      }
    });
  });
});
