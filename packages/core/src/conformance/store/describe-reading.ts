import { describe, expect, test } from "vitest";
import { inPages, type OpenStore, openNumbers, openSample, rejection } from "./harness.ts";

/** Registers what a store promises of reading and listing variables. */
export function describeReading(open: OpenStore): void {
  describe("reading", () => {
    test("an unknown variable is not found", async () => {
      const { store } = await openSample(open);
      const error = await rejection(store.getVariable("s", "x"), "not_found");
      expect(error).toMatchObject({
        code: "not_found",
        message: "Variable 'x' not found",
        details: { resource: "variable", id: "x" },
      });
    });

    test("lists in order of registration, by glob, type, origin and metadata, in pages", async () => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      await store.registerVariables("s", [
        { name: "temp_gpu", type: "integer", value: 1, metadata: { zone: 1 } },
        { name: "memory_used", type: "float", value: 2, metadata: { zone: 1 } },
        { name: "temp_cpu", type: "float", value: 3 },
      ]);
      await store.registerVariable("s", { name: "my_temp_1", type: "float", value: 4 }, { origin: "python" });
      const names = async (options: Parameters<typeof store.listVariables>[1]) =>
        (await store.listVariables("s", options)).items.map((variable) => variable.name);
      expect(await names({})).toEqual(["temp_gpu", "memory_used", "temp_cpu", "my_temp_1"]);
      expect(await names({ pattern: "temp_*" })).toEqual(["temp_gpu", "temp_cpu"]);
      expect(await names({ type: "float" })).toEqual(["memory_used", "temp_cpu", "my_temp_1"]);
      expect(await names({ origin: "python" })).toEqual(["my_temp_1"]);
      expect(await names({ metadata: { zone: 1 } })).toEqual(["temp_gpu", "memory_used"]);
      const paged = await inPages((page) => store.listVariables("s", { pageSize: 1, ...page }));
      expect(paged.map(({ name }) => name)).toEqual(["temp_gpu", "memory_used", "temp_cpu", "my_temp_1"]);
      const [bare] = (await store.listVariables("s", { includeMetadata: false })).items;
      expect(bare?.metadata).toEqual({});
      expect(await names({ metadata: { zone: 1n } })).toEqual(["temp_gpu", "memory_used"]);
    });

    test("lists by name, and what was changed last first, in pages", async () => {
      const { store } = await openNumbers(open, { b: 1, c: 2, a: 3 });
      await store.setVariable("s", "c", 5);
      await store.updateVariable("s", "b", { description: "changed" });
      const list = async (orderBy: "name" | "updated") => {
        const items = await inPages((page) => store.listVariables("s", { orderBy, pageSize: 2, ...page }));
        return items.map(({ name }) => name);
      };
      expect(await list("name")).toEqual(["a", "b", "c"]);
      expect(await list("updated")).toEqual(["b", "c", "a"]);
    });
  });
}
