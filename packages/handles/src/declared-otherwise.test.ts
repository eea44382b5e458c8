import { type Declarations, isStoreError, type Value } from "@trimtab/core";
import { float, integer, module, tensor } from "@trimtab/types";
import { describe, expect, it } from "vitest";
import { openSession } from "./open-session.ts";
import { closingAfterEach, rejection, thrown } from "./test-parts/assistant.ts";

const { closing, newStore } = closingAfterEach();

/** Opens a session whose variable `it` was registered by somebody else, without the constraints that are declared. */
async function openOver<D extends Declarations>(type: string, value: Value, declared: D) {
  const store = newStore();
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "it", type, value });
  const errors: unknown[] = [];
  const app = closing(await openSession(store, "s", declared, { onError: (error) => errors.push(error) }));
  return { store, app, errors };
}

describe("a value of the declared type that the declaration does not have", () => {
  it("is refused when read, and not given as what it is not", async () => {
    const pipeline = module({ ReAct: { steps: float({ default: 3 }) } });
    const bytes = new Uint8Array(4);
    for (const [type, value, declaration, said] of [
      ["integer", 2n ** 60n, integer(), "it: 1152921504606846976 is beyond ±(2^53-1); declare a bigInteger for more"],
      ["module", "ReAct", pipeline, "it: a module is stored without the parameters that are declared"],
      [
        "tensor",
        { dtype: "f32", shape: [1], data: bytes },
        tensor({ dtype: "s32" }),
        "it: the tensor is of dtype f32, but is declared as s32",
      ],
    ] as const) {
      const { app, errors } = await openOver(type, value, { it: declaration });
      const refused = { reason: "validation_failed", message: said };
      expect(thrown(() => app.variables.it.value)).toMatchObject(refused);
      expect(thrown(() => app.values)).toMatchObject(refused);
      expect(errors).toMatchObject([refused]);
    }
  });

  it("gives way to one that it has", async () => {
    const { app, store } = await openOver("integer", 2n ** 60n, { it: integer() });
    await rejection(
      app.variables.it.update((n) => n + 1),
      "validation_failed",
    );
    await app.variables.it.set(7);
    expect(app.variables.it.value).toBe(7);
    await app.caughtUp((await store.setVariable("s", "it", 2n ** 61n)).revision);
    expect(
      isStoreError(
        thrown(() => app.variables.it.value),
        "validation_failed",
      ),
    ).toBe(true);
  });
});
