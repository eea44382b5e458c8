import { createVariable, type NdArray, type Variable, type VariableExport } from "@trimtab/core";
import { fromWireVariableFile, toWireValue, toWireVariableFile } from "@trimtab/wire";
import { parseJsonFile, toJsonFile } from "../json/json-file.ts";
import { writeCompactJson } from "../json/write-json.ts";
import { createIdMaker } from "../make-id.ts";
import { malformed } from "../malformed.ts";
import { fromSafetensors, toSafetensors } from "./safetensors.ts";
import { metadataKey } from "./safetensors-header.ts";

/** The key of the metadata under which everything is that is no array. */
const trimtabKey = "trimtab";

/**
 * Writes variables as a safetensors file: those whose value is an array as tensors of their names, the rest of what is
 * exported, without history, as the JSON of the JSON format in the metadata. There, values that are tensors are left out.
 */
export function encodeTensors(data: VariableExport): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, NdArray>();
  for (const { name, payload } of data.variables) {
    if (payload.kind === "array" && name !== metadataKey) tensors.set(name, payload.value);
  }
  const file = toWireVariableFile({ ...data, history: new Map() });
  const variables = file.variables.map((message) => {
    const { value, ...rest } = message;
    return tensors.has(message.name) ? rest : message;
  });
  const text = writeCompactJson(toJsonFile({ ...file, variables }));
  return toSafetensors({ tensors, metadata: new Map([[trimtabKey, text]]) });
}

/**
 * Reads variables from a safetensors file. Tensors that the metadata does not speak of, which in a file of another program
 * are all of them, become variables of type `tensor` by their names.
 *
 * @throws StoreError `invalid_argument` naming the place and the problem
 */
export function decodeTensors(bytes: Uint8Array, nowMs: number): VariableExport {
  const { tensors, metadata } = fromSafetensors(bytes);
  const text = metadata.get(trimtabKey);
  const data = text === undefined ? nothing(nowMs) : readMetadata(text, tensors);
  const names = new Set(data.variables.map(({ name }) => name));
  const makeId = createIdMaker(data.variables);
  const others: Variable[] = [];
  for (const [name, value] of tensors) {
    if (names.has(name)) continue;
    const variable = {
      id: makeId(name),
      name,
      type: "tensor",
      payload: { kind: "array", value },
      createdAtMs: nowMs,
    } as const;
    others.push(createVariable({ ...variable, origin: "other" }));
  }
  return { ...data, variables: [...data.variables, ...others] };
}

const nothing = (nowMs: number): VariableExport => ({
  session: "",
  revision: 0,
  exportedAtMs: nowMs,
  variables: [],
  dependencies: [],
  history: new Map(),
});

function readMetadata(text: string, tensors: ReadonlyMap<string, NdArray>): VariableExport {
  const file = parseJsonFile(text);
  for (const [index, variable] of file.variables.entries()) {
    const value = tensors.get(variable.name);
    if ((value === undefined) === (variable.value === undefined)) {
      const problem = value === undefined ? "has neither a value nor a tensor" : "has both a value and a tensor";
      throw malformed(`data.variables[${index}]`, problem);
    }
    if (value !== undefined) variable.value = toWireValue({ kind: "array", value });
  }
  return fromWireVariableFile(file);
}
