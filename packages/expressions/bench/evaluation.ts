// Prints what compiling and evaluating cost: `pnpm bench`.
import { toPayload } from "@trimtab/core";
import { compileExpression, type VariableKind } from "../src/index.ts";

interface Case {
  readonly source: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly kinds: Readonly<Record<string, VariableKind>>;
}

const cases: readonly Case[] = [
  { source: "temperature * 2.0", values: { temperature: 0.7 }, kinds: { temperature: "float" } },
  { source: "count * 2", values: { count: 21n }, kinds: { count: "integer" } },
  { source: 'model == "gpt-4" ? 4096 : 1024', values: { model: "gpt-4" }, kinds: { model: "string" } },
  { source: "abs(new - old) > 0.1", values: { old: 0.5, new: 0.7 }, kinds: { old: "float", new: "float" } },
  {
    source: '!(model == "x") || max_tokens <= 4096',
    values: { model: "x", max_tokens: 4096n },
    kinds: { model: "string", max_tokens: "integer" },
  },
  {
    source: 'temperature > 0.5 && model == "gpt-4" && (max_tokens <= 4096 || !enabled)',
    values: { temperature: 0.7, model: "gpt-4", max_tokens: 4096n, enabled: true },
    kinds: { temperature: "float", model: "string", max_tokens: "integer", enabled: "boolean" },
  },
  {
    source: "embedding.all(x, x >= -1.0 && x <= 1.0)",
    values: { embedding: new Float64Array(1536) },
    kinds: { embedding: "list" },
  },
];

/** Microseconds per call in the fastest of ten rounds of about 50 ms: what the machine does besides only adds to it. */
function microsOf(work: () => unknown): number {
  let count = 1;
  while (timeOf(work, count) < 5) count *= 2;
  const turns = Array.from({ length: 10 }, () => (timeOf(work, count * 10) * 1000) / (count * 10));
  return Math.min(...turns);
}

function timeOf(work: () => unknown, count: number): number {
  const started = performance.now();
  for (let i = 0; i < count; i++) work();
  return performance.now() - started;
}

const shown = (micros: number): string => micros.toFixed(2).padStart(9);

console.log(`Node ${process.version}; microseconds\n\n evaluate  declared    cached     fresh   source`);
for (const { source, values, kinds } of cases) {
  const stored = new Map(Object.entries(values).map(([name, value]) => [name, toPayload(value)]));
  const names = Object.keys(values);
  const plain = compileExpression(source, { variables: names });
  const declared = compileExpression(source, { variables: kinds });
  let fresh = 0;
  const row = [
    microsOf(() => plain.evaluate(stored)),
    microsOf(() => declared.evaluate(stored)),
    microsOf(() => compileExpression(source, { variables: kinds })),
    microsOf(() => compileExpression(`${source} //${fresh++}`, { variables: kinds })),
  ];
  console.log(`${row.map(shown).join(" ")}   ${source}`);
}
