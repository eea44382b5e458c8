import { describeArguments } from "@trimtab/core/conformance";
import { decodeExport } from "./decode-export.ts";
import { encodeExport } from "./encode-export.ts";
import { fromSafetensors } from "./safetensors/safetensors.ts";
import { recogniseFormat } from "./transfer-format.ts";

const history = new Map();
const data = { session: "s", revision: 1, exportedAtMs: 1, variables: [], dependencies: [], history };
const file = encodeExport(data, "json");

describeArguments(
  "files of variables",
  async () => ({
    calls: { decodeExport, encodeExport, recogniseFormat, fromSafetensors },
    state: async () => undefined,
    isThrowing: true,
  }),
  {
    decodeExport: [file, "json", { nowMs: 1 }],
    encodeExport: [{ ...data, variables: undefined, dependencies: undefined }, "json"],
    recogniseFormat: [file],
    fromSafetensors: [file],
  },
);
