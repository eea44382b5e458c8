import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Parsed, parseConstraints, parseValue } from "../../parse-value.ts";
import { toPayload, type ValueRecord } from "../../payload.ts";
import { payloadEquals } from "../../payload-equality.ts";
import { hostileInputs } from "./hostile-inputs.ts";
import { canonical, type TypeSpec } from "./type-spec.ts";

/** Registers how a type refuses what it does not take. */
export function describeRefusals<V, C extends ValueRecord>(spec: TypeSpec<V, C>): void {
  const { type, longestList = 100_000 } = spec;

  describe("refusals", () => {
    test.each(spec.invalid)("$value under $constraints: $message", (example) => {
      const limits = canonical(type, example.constraints ?? {});
      const parsed = parseValue(type, limits, example.value, "knob");
      expect(parsed).toMatchObject({
        kind: "refused",
        refusal: { reason: example.reason, details: { type: type.name } },
      });
      if (parsed.kind !== "refused") return;
      expect(parsed.refusal.message).toMatch(/^knob/);
      expect(parsed.refusal.message).toContain(example.message);
      if (example.reason === "validation_failed") return;
      expect(example.constraint, "a constraint_violation is of some constraint").toBeDefined();
      expect(parsed.refusal.details).toMatchObject({ constraint: example.constraint });
      if (example.limit !== undefined) expect(parsed.refusal.details).toMatchObject({ limit: example.limit });
    });

    test("a refusal can be sent: its details are plain data", () => {
      for (const { constraints, value } of spec.invalid) {
        const parsed = parseValue(type, canonical(type, constraints ?? {}), value, "knob");
        if (parsed.kind === "refused") expect(() => toPayload(parsed.refusal.details)).not.toThrow();
      }
    });

    test("hostile inputs raise issues or are taken, and never throw", () => {
      const [some] = fc.sample(spec.constraints, 1);
      for (const limits of [canonical(type, {}), canonical(type, some ?? {})]) {
        const schema = type.values(limits);
        for (const [name, input] of hostileInputs(longestList)) {
          const result = schema.safeParse(input);
          if (!result.success) {
            expect(result.error.issues[0]?.message, name).toBeTruthy();
            continue;
          }
          const stored = type.encode(result.data);
          expect(payloadEquals(type.encode(type.decode(stored)), stored), name).toBe(true);
        }
      }
    });

    test("hostile inputs as constraints, whole or one by one, are refused by name or taken", () => {
      const keys = new Set(fc.sample(spec.constraints, 50).flatMap((written) => Object.keys(written)));
      for (const [name, input] of hostileInputs(longestList)) {
        expectDecision(parseConstraints(type, input), name);
        for (const key of keys) expectDecision(parseConstraints(type, { [key]: input }), `${name} as ${key}`, key);
      }
    });

    function expectDecision(parsed: Parsed<C>, name: string, key?: string): void {
      if (parsed.kind === "parsed") {
        expect(toPayload(canonical(type, parsed.value)), name).toStrictEqual(toPayload(parsed.value));
        return;
      }
      const { reason, message, details } = parsed.refusal;
      expect(reason, name).toBe("invalid_constraints");
      expect(message.length, `${name}: the message does not grow with the input`).toBeLessThan(1000);
      const { field } = details as { field: string };
      expect(message, name).toContain(field);
      if (key !== undefined) expect(field.split(".")[0], `${name}: the constraint at fault is named`).toBe(key);
    }
  });
}
