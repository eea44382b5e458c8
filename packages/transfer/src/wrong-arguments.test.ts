import { createVariable } from "@trimtab/core";
import { describeArguments } from "@trimtab/core/conformance";
import { expect, test } from "vitest";
import { decodeExport } from "./decode-export.ts";
import { encodeExport } from "./encode-export.ts";
import { fromPlain, toPlain } from "./plain/plain-variable.ts";
import { toMap } from "./plain/variable-map.ts";
import { fromSafetensors, toSafetensors } from "./safetensors/safetensors.ts";
import { recogniseFormat } from "./transfer-format.ts";

/** Of a class of its own, so that nothing in it is replaced. */
const whole = <T extends object>(parts: T): T => Object.assign(Object.create({}), parts);
const payload = whole({ kind: "number", value: 1 } as const);
const variable = createVariable({ id: "var_x_1", name: "x", type: "float", payload, createdAtMs: 1 });
const version = {
  version: 0,
  payload,
  value: 1,
  updatedAtMs: 1,
  updatedBy: "",
  origin: "other",
  metadata: {},
  revision: 1,
};
const tensor = { dtype: "f64", shape: [1], data: new Uint8Array(8) };
const history = new Map();
const data = { session: "s", revision: 1, exportedAtMs: 1, variables: [], dependencies: [], history };
const file = encodeExport(data, "json");

describeArguments(
  "files of variables",
  async () => ({
    calls: { decodeExport, encodeExport, recogniseFormat, fromSafetensors, toSafetensors, toPlain, toMap, fromPlain },
    state: async () => undefined,
    isThrowing: true,
  }),
  {
    decodeExport: [file, "json", { nowMs: 1 }],
    encodeExport: [{ ...data, variables: undefined, dependencies: undefined }, "json"],
    recogniseFormat: [file],
    fromSafetensors: [file],
    toSafetensors: [{ tensors: new Map([["x", tensor]]), metadata: new Map([["a", "b"]]) }],
    toPlain: [variable, { dependencies: ["var_y_1"], history: [version] }],
    toMap: [variable, { optimizing: false }],
    fromPlain: [whole(toPlain(variable)), { nowMs: 1 }],
  },
);

test.each<[string, object]>([
  ["tensors", { tensors: new Map([[1, tensor]]) }],
  ["tensors.x", { tensors: new Map([["x", null]]) }],
  [
    "tensors.y",
    {
      tensors: new Map([
        ["x", tensor],
        ["y", undefined],
      ]),
    },
  ],
  ["tensors", { tensors: { x: tensor } }],
  ["metadata", { metadata: new Map([["a", 1]]) }],
  [
    "metadata",
    {
      metadata: new Map([
        [1, "a"],
        [2, "b"],
      ]),
    },
  ],
])("%s of a safetensors file that is none is refused by name: %o", (field, file) => {
  const refused = expect.objectContaining({ details: expect.objectContaining({ field }) });
  expect(() => toSafetensors(file)).toThrow(refused);
});
