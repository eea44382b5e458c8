import type { SimpleTest } from "@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js";
import type { Value as SpecValue } from "@bufbuild/cel-spec/cel/expr/value_pb.js";
import { getConformanceSuite, type IncrementalTestSuite } from "@bufbuild/cel-spec/testdata/tests.js";
import type { Payload } from "@trimtab/core";
import { CelMap } from "../cel-map.ts";
import { type Cel, Duration, isList, Timestamp, TypeValue, Uint } from "../cel-value.ts";
import { formatDuration, formatTimestamp } from "../time.ts";

/** A value with its type, in a form that compares by content; maps are sorted by key. */
export type Shape = readonly [type: string, content?: unknown];

/** One case of the suite that CEL's authors publish. */
export interface CelCase {
  readonly section: string;
  readonly name: string;
  readonly source: string;
  readonly isChecked: boolean;
  readonly values: ReadonlyMap<string, Payload>;
  /** `["error"]` where evaluation must fail. */
  readonly wanted: Shape;
}

/** The sections about the language itself. The others are about protobuf messages or about optional extensions. */
const sections = new Set([
  "basic",
  "comparisons",
  "conversions",
  "fields",
  "fp_math",
  "integer_math",
  "lists",
  "logic",
  "macros",
  "parse",
  "plumbing",
  "string",
  "string_ext",
  "timestamps",
]);

/** Every case of those sections that neither names nor is given a protobuf message. */
export function celCases(): CelCase[] {
  return getConformanceSuite().suites.flatMap((suite) =>
    sections.has(suite.name) ? collect(suite, suite.name, suite.name) : [],
  );
}

function collect(suite: IncrementalTestSuite, section: string, path: string): CelCase[] {
  const own = suite.tests.flatMap(({ name, original }) => {
    const read = readCase(original);
    return read === undefined ? [] : [{ ...read, section, name: `${path}/${name}` }];
  });
  return [...own, ...suite.suites.flatMap((inner) => collect(inner, section, `${path}/${inner.name}`))];
}

function readCase(test: SimpleTest): Omit<CelCase, "section" | "name"> | undefined {
  if (/TestAllTypes|google\.protobuf\.(?!Timestamp|Duration)|proto[23]\b/.test(test.expr) || test.container !== "") {
    return undefined;
  }
  const wanted = readWanted(test);
  const values = new Map<string, Payload>();
  for (const [name, bound] of Object.entries(test.bindings)) {
    const payload = bound.kind.case === "value" ? toPayload(bound.kind.value) : undefined;
    if (payload === undefined) return undefined;
    values.set(name, payload);
  }
  return wanted && { source: test.expr, isChecked: !test.disableCheck, values, wanted };
}

function readWanted({ resultMatcher }: SimpleTest): Shape | undefined {
  switch (resultMatcher.case) {
    case undefined:
      return ["bool", true];
    case "value":
      return shapeOfSpec(resultMatcher.value);
    case "evalError":
      return ["error"];
    case "typedResult":
      return resultMatcher.value.result && shapeOfSpec(resultMatcher.value.result);
    default:
      return undefined;
  }
}

/** A value of the suite as a stored one; `undefined` for what cannot be stored. */
function toPayload({ kind }: SpecValue): Payload | undefined {
  switch (kind.case) {
    case "nullValue":
      return { kind: "null" };
    case "boolValue":
      return { kind: "boolean", value: kind.value };
    case "int64Value":
      return { kind: "integer", value: kind.value };
    case "doubleValue":
      return { kind: "number", value: kind.value };
    case "stringValue":
      return { kind: "string", value: kind.value };
    case "bytesValue":
      return { kind: "bytes", value: kind.value };
    case "listValue": {
      const items = kind.value.values.map(toPayload);
      return items.includes(undefined) ? undefined : { kind: "list", value: items as Payload[] };
    }
    case "mapValue": {
      const entries = kind.value.entries.map(({ key, value }) => [key?.kind.value, value && toPayload(value)] as const);
      const isStored = entries.every(([key, value]) => typeof key === "string" && value !== undefined);
      return isStored ? { kind: "map", value: new Map(entries as unknown as [string, Payload][]) } : undefined;
    }
    default:
      return undefined;
  }
}

function shapeOfSpec({ kind }: SpecValue): Shape | undefined {
  switch (kind.case) {
    case "nullValue":
      return ["null_type"];
    case "listValue": {
      const items = kind.value.values.map(shapeOfSpec);
      return items.includes(undefined) ? undefined : ["list", items];
    }
    case "mapValue": {
      const entries = kind.value.entries.map(({ key, value }) => [
        key && shapeOfSpec(key),
        value && shapeOfSpec(value),
      ]);
      return entries.flat().includes(undefined) ? undefined : ["map", sorted(entries)];
    }
    case "typeValue":
      return ["type", kind.value];
    case "objectValue":
      return undefined;
    case "bytesValue":
      return ["bytes", [...kind.value]];
    default:
      return kind.case === undefined ? undefined : [kind.case.replace(/64Value|Value/, ""), kind.value];
  }
}

const sorted = (entries: unknown[]): unknown[] =>
  entries
    .map((entry) => [JSON.stringify(entry, (_, item) => (typeof item === "bigint" ? `${item}n` : item)), entry])
    .sort();

/** What an expression gave, in the same form. */
export function shapeOf(value: Cel): Shape {
  if (value === null) return ["null_type"];
  if (isList(value)) return ["list", Array.from(value as ArrayLike<Cel> & Iterable<Cel>, shapeOf)];
  if (value instanceof CelMap) {
    return ["map", sorted(Array.from(value.keys(), (key) => [shapeOf(key), shapeOf(value.get(key) ?? null)]))];
  }
  if (value instanceof Uint) return ["uint", value.value];
  if (value instanceof Uint8Array) return ["bytes", [...value]];
  if (value instanceof TypeValue) return ["type", value.name];
  if (value instanceof Timestamp) return ["timestamp", formatTimestamp(value)];
  if (value instanceof Duration) return ["duration", formatDuration(value)];
  const name = { bigint: "int", number: "double", string: "string", boolean: "bool" }[typeof value as "string"];
  return [name ?? typeof value, value];
}
