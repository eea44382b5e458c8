import { create } from "@bufbuild/protobuf";
import { isStoreError, type SessionPoint, type VariableSpec, type VersionPoint } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromWireDependencyKind, toWireDependencySpec } from "./dependency.ts";
import { fromWireDerivation, toWireDerivation } from "./derivation.ts";
import { GetVariableAtRequestSchema, SessionPointSchema } from "./gen/trimtab/v1/history_pb.ts";
import { RuleCheckSchema } from "./gen/trimtab/v1/rule_pb.ts";
import { WriteContextSchema } from "./gen/trimtab/v1/session_pb.ts";
import { DerivationSchema, VariableSpecSchema } from "./gen/trimtab/v1/variable_pb.ts";
import { fromWireRuleCheck } from "./rule.ts";
import { fromWirePoint, fromWireVersionPoint, toWirePoint, toWireVersionPoint } from "./session-point.ts";
import { derivation, payload, text, timeMs, whole } from "./test-parts/arbitraries.ts";
import { throughBinary } from "./test-parts/through-the-wire.ts";
import { fromWireSpec, toWireSpec } from "./variable-spec.ts";
import { fromWireContext, toWireContext } from "./write-context.ts";

const refusalOf = (attempt: () => unknown): unknown => {
  try {
    return expect.fail(`expected a refusal, got ${JSON.stringify(attempt())}`);
  } catch (error) {
    if (!isStoreError(error, "invalid_argument")) throw error;
    return error.details.field;
  }
};

const point: fc.Arbitrary<SessionPoint> = fc.oneof(
  fc.record({ kind: fc.constant("revision" as const), revision: whole }),
  fc.record({ kind: fc.constant("time" as const), atMs: timeMs }),
  fc.record({ kind: fc.constant("label" as const), label: text }),
);

describe("points", () => {
  test("of a session come back exactly, and of a variable too", () => {
    const version = fc.record({ kind: fc.constant("version" as const), version: whole });
    fc.assert(
      fc.property(point, fc.oneof(point, version), (each, at: VersionPoint) => {
        expect(fromWirePoint(throughBinary(SessionPointSchema, toWirePoint(each)), "at")).toEqual(each);
        const request = create(GetVariableAtRequestSchema, { at: toWireVersionPoint(at) });
        expect(fromWireVersionPoint(throughBinary(GetVariableAtRequestSchema, request).at, "at")).toEqual(at);
      }),
    );
  });

  test("that are not said mean the present, but a version or a point must be", () => {
    expect(fromWirePoint(undefined, "at")).toBeUndefined();
    expect(fromWirePoint(create(SessionPointSchema), "at")).toBeUndefined();
    expect(refusalOf(() => fromWireVersionPoint({ case: undefined }, "to"))).toBe("to");
  });

  test.each([
    ["half a revision", { kind: "revision", revision: 0.5 }, "revision"],
    ["no time", { kind: "time", atMs: Number.NaN }, "atMs"],
    ["a time without end", { kind: "time", atMs: Number.POSITIVE_INFINITY }, "atMs"],
    ["a label that is no text", { kind: "label", label: 5 }, "label"],
    ["another kind", { kind: "yesterday" }, "point"],
  ])("are refused for %s", (_, bad, field) => {
    expect(refusalOf(() => toWirePoint(bad as SessionPoint))).toBe(field);
  });
});

describe("specs", () => {
  test("come back exactly, with what they depend on and how they are derived", () => {
    const spec: fc.Arbitrary<VariableSpec> = fc
      .record(
        {
          name: text,
          type: text,
          value: payload.filter(({ kind }) => kind === "string" || kind === "number"),
          dependencies: fc.array(text, { minLength: 1, maxLength: 3 }),
          derivation,
        },
        { requiredKeys: ["name", "type"] },
      )
      .filter(({ value, derivation: how }) => value !== undefined || how !== undefined)
      .map(({ value, ...rest }) =>
        value === undefined ? rest : { ...rest, value: "value" in value ? (value.value as string | number) : 0 },
      );
    fc.assert(
      fc.property(spec, (each) => {
        const back = fromWireSpec(throughBinary(VariableSpecSchema, toWireSpec(each)));
        expect(back).toEqual({ constraints: {}, metadata: {}, ...each });
      }),
    );
  });

  test("go without a value only where they are derived", () => {
    const bare = create(VariableSpecSchema, { name: "x", type: "float" });
    expect(refusalOf(() => fromWireSpec(bare))).toBe("spec.value");
    expect(refusalOf(() => toWireSpec({ name: "x", type: "float" }))).toBe("value");
    const derived = { ...bare, derivation: toWireDerivation({ kind: "expression", expression: "y" }) };
    expect(fromWireSpec(derived)).not.toHaveProperty("value");
  });
});

describe("choices and kinds", () => {
  test("of a derivation must be one of the two", () => {
    expect(refusalOf(() => fromWireDerivation(create(DerivationSchema)))).toBe("derivation");
    expect(refusalOf(() => fromWireDerivation(undefined, "spec.derivation"))).toBe("spec.derivation");
    expect(refusalOf(() => toWireDerivation({ kind: "magic" } as never))).toBe("derivation");
  });

  test("of a dependency are data where nothing is said", () => {
    expect(fromWireDependencyKind(0, "kind")).toBe("data");
    expect(refusalOf(() => fromWireDependencyKind(9 as never, "spec.kind"))).toBe("spec.kind");
    const spec = { variable: "a", dependsOn: "b", kind: "magic" as never };
    expect(refusalOf(() => toWireDependencySpec(spec))).toBe("kind");
  });

  test("that are not known here are refused by name", () => {
    expect(refusalOf(() => fromWireRuleCheck(create(RuleCheckSchema), "checks[0]"))).toBe("checks[0].outcome");
  });
});

test("the request's own id comes along with who writes", () => {
  const context = { actor: "ada", origin: "python", requestId: "r-1" } as const;
  expect(fromWireContext(throughBinary(WriteContextSchema, toWireContext(context)))).toEqual(context);
  expect(fromWireContext(toWireContext({}))).not.toHaveProperty("requestId");
});

test("a write from a runtime that is not known here is taken, as of another one", () => {
  expect(fromWireContext(create(WriteContextSchema, { origin: 99 as never }))).toEqual({ origin: "other" });
});
