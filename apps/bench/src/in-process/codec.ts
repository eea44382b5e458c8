import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { fromWireVariable, toWireVariable } from "@trimtab/wire";
import { VariableSchema } from "@trimtab/wire/services";
import { type Comparison, repeat } from "./work.ts";

/** What a variable costs on its way to bytes and back, beside what bare protobuf-es takes for the same message. */
export async function codecComparisons(): Promise<Comparison[]> {
  const store = createStore({ types: builtinTypes });
  await store.createSession({ id: "s" });
  const spec = { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2 } };
  const { variable } = await store.registerVariable("s", spec);
  const message = toWireVariable(variable);
  const bytes = toBinary(VariableSchema, message);
  return [
    {
      title: "A variable to bytes",
      subjects: [
        { name: "protobuf-es", run: (count) => repeat(count, () => toBinary(VariableSchema, message)) },
        { name: "toWireVariable and protobuf-es", run: (count) => repeat(count, () => encode(variable)) },
      ],
    },
    {
      title: "A variable from bytes",
      subjects: [
        { name: "protobuf-es", run: (count) => repeat(count, () => fromBinary(VariableSchema, bytes)) },
        {
          name: "protobuf-es and fromWireVariable",
          run: (count) => repeat(count, () => fromWireVariable(fromBinary(VariableSchema, bytes))),
        },
      ],
    },
  ];
}

const encode = (variable: Parameters<typeof toWireVariable>[0]) => toBinary(VariableSchema, toWireVariable(variable));
