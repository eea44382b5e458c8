import type { ListVariablesOptions, Store, Variable, VariableOrder } from "@trimtab/core";
import { builtinTypes } from "@trimtab/types";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createStore } from "./index.ts";

/** So many that the order of ids is kept from page to page. */
const many = 300;

const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at: fc.nat(many - 1) }),
  fc.record({ kind: fc.constant("delete" as const), at: fc.nat(many - 1) }),
  fc.record({ kind: fc.constant("register" as const), at: fc.nat(many - 1) }),
  fc.record({ kind: fc.constant("import" as const), at: fc.nat(many - 1) }),
);

const orders: readonly VariableOrder[] = ["created", "name", "updated"];
const listing = fc.record({
  orderBy: fc.constantFrom(...orders),
  pageSize: fc.constantFrom(70, 1000),
  pattern: fc.constantFrom("*", "v_1*"),
});

async function listAll(store: Store, options: ListVariablesOptions): Promise<Variable[]> {
  const all: Variable[] = [];
  let pageToken: string | undefined;
  do {
    const page = await store.listVariables("s", { ...options, ...(pageToken !== undefined && { pageToken }) });
    all.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return all;
}

/** The same from what is known one by one. */
async function expected(store: Store, { orderBy = "created", pattern = "*" }: ListVariablesOptions) {
  const names = Array.from({ length: many }, (_, at) => `v_${at}`);
  const { found } = await store.getVariables("s", pattern === "*" ? names : names.filter((name) => /^v_1/.test(name)));
  const keys = {
    created: ({ createdAtMs, id }: Variable) => [createdAtMs, Number(id.slice(id.lastIndexOf("_") + 1))] as const,
    name: ({ name }: Variable) => [name, 0] as const,
    updated: ({ updatedAtMs, id }: Variable) => [-updatedAtMs, id] as const,
  };
  const keyOf = keys[orderBy];
  return Array.from(found.values()).sort((a, b) => {
    const [[x, v], [y, w]] = [keyOf(a), keyOf(b)];
    return x < y ? -1 : x > y ? 1 : v < w ? -1 : 1;
  });
}

async function apply(store: Store, { kind, at }: { readonly kind: string; readonly at: number }): Promise<void> {
  const name = `v_${at}`;
  if (kind === "set") await store.setVariable("s", name, Math.random()).catch(() => {});
  if (kind === "delete") await store.deleteVariable("s", name, { allowMissing: true });
  if (kind === "register") await store.registerVariable("s", { name, type: "float", value: 0 }, { ifExists: "keep" });
  if (kind !== "import") return;
  const exported = await store.exportVariables("s", { pattern: name });
  // What comes from elsewhere may be older than what is here.
  const variables = exported.variables.map((each) => ({ ...each, createdAtMs: each.createdAtMs - 5000 }));
  await store.deleteVariables(
    "s",
    variables.map((each) => each.name),
  );
  await store.importVariables("s", { ...exported, variables });
}

test("many variables are listed in order, whatever came, went and changed since they were listed last", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, listing), { minLength: 1, maxLength: 12 }), async (steps) => {
      const store = createStore({ types: builtinTypes });
      try {
        await store.createSession({ id: "s" });
        const specs = Array.from({ length: many }, (_, at) => ({ name: `v_${at}`, type: "float", value: 0 }));
        await store.registerVariables("s", specs);
        for (const [change, options] of steps) {
          await listAll(store, options);
          await apply(store, change);
          const listed = (await listAll(store, options)).map(({ id }) => id);
          expect(listed).toEqual((await expected(store, options)).map(({ id }) => id));
        }
      } finally {
        await store.close();
      }
    }),
    { numRuns: 25 },
  );
});
