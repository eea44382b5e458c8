import { fromPayload, type Payload, payloadEquals, toPayload, type ValueRecord } from "@trimtab/core";
import { isRecord } from "./constraint-schema.ts";
import { isText } from "./value-schema.ts";

/** A module together with its parameters, each in its plain form. */
export interface ModuleConfiguration {
  readonly module: string;
  readonly parameters: ValueRecord;
}

/** What a module variable holds: a name, or name and parameters where its constraints declare any. */
export type ModuleValue = string | ModuleConfiguration;

// The plain form of parameters does not tell an integer from a float, and `encode` sees no constraints, so the exact
// parameters stay with the object that was made from them.
const exactParameters = new WeakMap<ModuleConfiguration, ReadonlyMap<string, Payload>>();

/** Makes a configuration from parameters in their exact form. */
export function createConfiguration(module: string, exact: ReadonlyMap<string, Payload>): ModuleConfiguration {
  const parameters = Object.freeze(fromPayload({ kind: "map", value: exact }) as ValueRecord);
  const configuration = Object.freeze({ module, parameters });
  exactParameters.set(configuration, exact);
  return configuration;
}

/** The stored form: text, or a map of `module` and `parameters`. What could change later is copied. */
export function encodeModule(value: ModuleValue): Payload {
  if (typeof value === "string") return { kind: "string", value };
  const exact = exactParameters.get(value);
  const parameters = exact === undefined ? toPayload(value.parameters) : copyPayload({ kind: "map", value: exact });
  return {
    kind: "map",
    value: new Map<string, Payload>([
      ["module", { kind: "string", value: value.module }],
      ["parameters", parameters],
    ]),
  };
}

/**
 * Reads the stored form back.
 *
 * @throws TypeError for a payload that is neither a module's name nor a map of `module` and `parameters`
 */
export function decodeModule(payload: Payload): ModuleValue {
  if (payload.kind === "string" && isModuleName(payload.value)) return payload.value;
  if (payload.kind === "map" && payload.value.size === 2) {
    const [module, parameters] = [payload.value.get("module"), payload.value.get("parameters")];
    if (module?.kind === "string" && isModuleName(module.value) && parameters?.kind === "map") {
      return createConfiguration(module.value, copyEntries(parameters.value));
    }
  }
  throw new TypeError("no stored module");
}

/** A copy of a payload that shares no bytes with it. */
export function copyPayload(payload: Payload): Payload {
  switch (payload.kind) {
    case "bytes":
      return { ...payload, value: new Uint8Array(payload.value) };
    case "array":
      return { ...payload, value: { ...payload.value, data: new Uint8Array(payload.value.data) } };
    case "list":
      return { ...payload, value: payload.value.map(copyPayload) };
    case "map":
      return { ...payload, value: copyEntries(payload.value) };
    default:
      return payload;
  }
}

const copyEntries = (entries: ReadonlyMap<string, Payload>): ReadonlyMap<string, Payload> =>
  new Map(Array.from(entries, ([key, item]) => [key, copyPayload(item)]));

/** Says whether two values are the same module with the same parameters. */
export const moduleEquals = (a: ModuleValue, b: ModuleValue): boolean =>
  a === b || payloadEquals(encodeModule(a), encodeModule(b));

/** Says whether something can be a module's name: text that is not empty. */
export const isModuleName = (input: unknown): input is string => isText(input) && input !== "";

/** What some input asks for, before its module and parameters are checked. */
export interface ModuleRequest {
  readonly module: string;
  /** Given only where the input was no bare name. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/**
 * Reads any form of input: a name, a reference to a module as other languages write it, or a record of `module` and
 * `parameters`. `undefined` for everything else.
 */
export function readModule(input: unknown): ModuleRequest | undefined {
  if (isModuleName(input)) return { module: input };
  if (!isRecord(input)) return undefined;
  const { module_name: reference, module, parameters = {} } = input;
  const keys = Object.keys(input);
  if (input["__dspex_type__"] === "module_reference") {
    return isModuleName(reference) && keys.length === 2 ? { module: reference } : undefined;
  }
  if (!isModuleName(module) || !isRecord(parameters)) return undefined;
  return keys.every((key) => key === "module" || key === "parameters") ? { module, parameters } : undefined;
}
