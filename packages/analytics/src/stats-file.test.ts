import { expect, test } from "vitest";
import { openAnalytics } from "./test-parts/open-analytics.ts";

async function openNamed() {
  const opened = await openAnalytics();
  await opened.store.registerVariables("s", [
    { name: "plain", type: "integer", value: 0 },
    { name: '=SUM("a",b)\\', type: "float", value: 0 },
  ]);
  await opened.counted.getVariable("s", "plain");
  await opened.counted.setVariable("s", "plain", 1);
  opened.time.nowMs += 250;
  return opened;
}

const textOf = ({ data }: { data: Uint8Array }) => new TextDecoder().decode(data);

test("JSON holds every variable with its figures", async () => {
  const { analytics } = await openNamed();
  const file = await analytics.exportStats("s", "json");
  expect(file.contentType).toBe("application/json");
  const { variables } = JSON.parse(textOf(file)) as { variables: Record<string, unknown>[] };
  expect(variables).toHaveLength(2);
  expect(variables[0]).toMatchObject({
    session: "s",
    id: "var_plain_1",
    name: "plain",
    type: "integer",
    read_count: 1,
    write_count: 1,
    read_measured: 1,
    last_accessed_at: "2026-03-01T00:00:00.000Z",
  });
  expect(variables[1]).toMatchObject({ name: '=SUM("a",b)\\', read_count: 0, last_accessed_at: null });
});

test("CSV quotes what must be, and no cell is a formula", async () => {
  const { analytics } = await openNamed();
  const lines = textOf(await analytics.exportStats("s", "csv")).split("\r\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^session,id,name,type,read_count,write_count,/);
  expect(lines[1]).toMatch(/^s,var_plain_1,plain,integer,1,1,0,0,0,1,/);
  expect(lines[2]).toContain(`,"'=SUM(""a"",b)\\",float,0,0,`);
  expect(lines[1]?.split(",")).toHaveLength(lines[0]?.split(",").length ?? 0);
});

test("Prometheus gets one family per figure, with labels escaped", async () => {
  const { analytics } = await openNamed();
  const file = await analytics.exportStats("s", "prometheus");
  expect(file.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = textOf(file);
  expect(text).toContain('trimtab_variable_reads_total{session="s",variable="plain",id="var_plain_1"} 1\n');
  expect(text).toContain('variable="=SUM(\\"a\\",b)\\\\"');
  expect(text).toContain(
    'trimtab_variable_read_duration_seconds_count{session="s",variable="plain",id="var_plain_1"} 1',
  );
  const sample = /^[a-z_]+(\{([a-z_]+="(\\.|[^"\\])*",?)+\})? -?\d+(\.\d+)?(e[+-]?\d+)?$/;
  for (const line of text.trimEnd().split("\n")) expect(line.startsWith("# ") || sample.test(line)).toBe(true);
  const families = text.match(/^# TYPE .*$/gm) ?? [];
  expect(new Set(families).size).toBe(families.length);
});

test("only what is selected", async () => {
  const { analytics } = await openNamed();
  const { variables } = JSON.parse(textOf(await analytics.exportStats("s", "json", { pattern: "pl*" }))) as {
    variables: { name: string }[];
  };
  expect(variables.map(({ name }) => name)).toEqual(["plain"]);
  await expect(analytics.exportStats("s", "json", { refs: ["none"] })).rejects.toMatchObject({ reason: "not_found" });
});
