import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { fromWireVariable, toWireVariable } from "@trimtab/wire";
import { decodeMessage, encodeMessage } from "@trimtab/wire/binary";
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
  // A variable's message is made once. What has a new value each time pays for that, as these do, of which none is known.
  const fresh = () => encodeMessage(VariableSchema, toWireVariable({ ...variable }));
  const [bare, first, again, read] = ["protobuf-es", "for the first time", "once more", "from bytes to a variable"];
  const goal = (text: string, subject: string) => ({ text, subject, to: [bare], limit: { atMost: 1.3 } });
  return [
    {
      title: "A variable to bytes",
      subjects: [
        { name: bare, run: (count) => repeat(count, () => toBinary(VariableSchema, message)) },
        { name: first, run: (count) => repeat(count, fresh) },
        { name: again, run: (count) => repeat(count, () => encodeMessage(VariableSchema, toWireVariable(variable))) },
      ],
      goals: [
        goal("a variable to bytes for the first time, to protobuf-es", first),
        goal("a variable to bytes once more, to protobuf-es", again),
      ],
    },
    {
      title: "A variable from bytes",
      subjects: [
        { name: bare, run: (count) => repeat(count, () => fromBinary(VariableSchema, bytes)) },
        { name: read, run: (count) => repeat(count, () => fromWireVariable(decodeMessage(VariableSchema, bytes))) },
      ],
      goals: [goal("a variable from bytes, to protobuf-es", read)],
    },
  ];
}
