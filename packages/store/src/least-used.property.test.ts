import fc from "fast-check";
import { expect, test } from "vitest";
import { createLeastUsed, type Used } from "./least-used.ts";

const step = fc.record({
  kind: fc.constantFrom("come" as const, "use" as const, "use" as const, "leave" as const, "drop" as const),
  key: fc.constantFrom("a", "b", "c", "d", "e"),
});

test("whoever leaves is the one that was used least recently, whoever comes, is used and is dropped meanwhile", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const all = new Map<string, Used>();
      const order = createLeastUsed(all);
      /** The least recently used first. */
      let model: string[] = [];
      for (const { kind, key } of steps) {
        const one = all.get(key);
        if (kind === "leave") {
          const gone = order.next();
          expect(gone).toBe(all.get(model.shift() ?? ""));
          for (const [id, each] of all) if (each === gone) all.delete(id);
        } else if (kind === "drop") {
          all.delete(key);
          model = model.filter((each) => each !== key);
        } else if (kind === "come" || one !== undefined) {
          const used = one ?? { turn: 0 };
          all.set(key, used);
          order.use(used);
          model = [...model.filter((each) => each !== key), key];
        }
      }
    }),
  );
});
