import type { VariableType } from "@trimtab/core";
import { isText } from "./value-schema.ts";

/** How text is stored. Beside the string type, so that what is text of another kind does not bring its patterns along. */
export const storedText: Pick<VariableType<string>, "encode" | "decode" | "equals"> = {
  encode: (value) => ({ kind: "string", value }),
  decode: (payload) => {
    if (payload.kind !== "string" || !isText(payload.value)) throw new TypeError("no stored string");
    return payload.value;
  },
  equals: (a, b) => a === b,
};
