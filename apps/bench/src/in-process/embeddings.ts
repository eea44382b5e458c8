import type { NdArray } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { type Comparison, repeat, repeatAsync } from "./work.ts";

const size = 768;

/** What a write of an embedding costs, beside one bare pass that checks and normalises it, and beside a write of a float. */
export async function embeddingComparisons(): Promise<Comparison[]> {
  const store = createStore({ types: builtinTypes });
  await store.createSession({ id: "s" });
  const inputs = Array.from({ length: 64 }, (_, k) =>
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37 + k) + 0.01),
  );
  const inputAt = (i: number) => inputs[i % inputs.length] ?? new Float32Array(size);
  const valueAt = (i: number) => toValue(inputAt(i));
  await store.registerVariables("s", [
    { name: "embedding", type: "embedding", value: valueAt(0), constraints: { dimensions: size, normalize: true } },
    { name: "scalar", type: "float", value: 0, constraints: { min: 0, max: 1 } },
  ]);
  const [bare, scalar, written] = [
    "one pass that checks and normalises",
    "store.setVariable of a float",
    "store.setVariable of the embedding",
  ];
  return [
    {
      title: `Writing an embedding of ${size} floats`,
      subjects: [
        { name: bare, run: (count) => repeat(count, (i) => normalise(inputAt(i))) },
        {
          name: scalar,
          run: (count) => repeatAsync(count, (i) => store.setVariable("s", "scalar", (i % 10) / 10)),
        },
        {
          name: written,
          run: (count) => repeatAsync(count, (i) => store.setVariable("s", "embedding", valueAt(i))),
        },
      ],
      goals: [
        {
          text: `a write of ${size} floats, to one pass and a write of a float`,
          subject: written,
          to: [bare, scalar],
          limit: { atMost: 3 },
        },
      ],
    },
  ];
}

const toValue = (data: Float32Array): NdArray => ({
  dtype: "f32",
  shape: [data.length],
  data: new Uint8Array(data.buffer),
});

/** The least that has to be done with an embedding: every number finite, and length one. */
function normalise(input: Float32Array): Float32Array {
  let sum = 0;
  for (let i = 0; i < input.length; i++) {
    const value = input[i] ?? 0;
    if (!Number.isFinite(value)) throw new RangeError(`${value} is not finite`);
    sum += value * value;
  }
  const scale = 1 / Math.sqrt(sum);
  const output = new Float32Array(input.length);
  for (let i = 0; i < input.length; i++) output[i] = (input[i] ?? 0) * scale;
  return output;
}
