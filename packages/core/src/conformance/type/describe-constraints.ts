import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConstraints } from "../../parse-value.ts";
import { fromPayload, toPayload, type ValueRecord } from "../../payload.ts";
import { canonical, type TypeSpec } from "./type-spec.ts";

/** Registers what holds of a type's constraints. */
export function describeConstraints<V, C extends ValueRecord>(spec: TypeSpec<V, C>): void {
  const { type, runs: numRuns = 200 } = spec;

  describe("constraints", () => {
    test("none are accepted, and absent ones are none", () => {
      expect(parseConstraints(type, {})).toEqual(parseConstraints(type));
      expect(parseConstraints(type, {})).toMatchObject({ kind: "parsed" });
    });

    test("parsing is idempotent", () => {
      fc.assert(
        fc.property(spec.constraints, (written) => {
          const first = canonical(type, written);
          expect(toPayload(canonical(type, first))).toStrictEqual(toPayload(first));
        }),
        { numRuns },
      );
    });

    test("the canonical form is plain data that survives storing and sending", () => {
      fc.assert(
        fc.property(spec.constraints, (written) => {
          const first = canonical(type, written);
          const sent = fromPayload(toPayload(first));
          expect(sent).toEqual(first);
          expect(toPayload(canonical(type, sent))).toStrictEqual(toPayload(first));
        }),
        { numRuns },
      );
    });

    test("are not changed by being parsed", () => {
      fc.assert(
        fc.property(spec.constraints, (written) => {
          const before = toPayload(written);
          canonical(type, written);
          expect(toPayload(written)).toEqual(before);
        }),
        { numRuns },
      );
    });

    test.each(["", "no_such_constraint", "constructor", "__proto__"])('the unknown key "%s" is refused', (key) => {
      fc.assert(
        fc.property(spec.constraints, (written) => {
          const given = Object.fromEntries([...Object.entries(written), [key, 1]]);
          expect(parseConstraints(type, given)).toMatchObject({
            kind: "refused",
            refusal: { reason: "invalid_constraints", details: { type: type.name, field: key } },
          });
        }),
        { numRuns: 10 },
      );
    });

    test.each([
      ["null", null],
      ["a number", 1],
      ["text", "{}"],
      ["a list", []],
      ["a map", new Map()],
      ["a date", new Date(0)],
      ["a function", () => ({})],
    ])("%s is no record and refused", (_, input) => {
      expect(parseConstraints(type, input)).toMatchObject({
        kind: "refused",
        refusal: { reason: "invalid_constraints", details: { type: type.name, field: "constraints" } },
      });
    });

    test.each(spec.invalidConstraints)("$constraints is refused for its $field", ({ constraints, field }) => {
      const parsed = parseConstraints(type, constraints);
      expect(parsed).toMatchObject({
        kind: "refused",
        refusal: { reason: "invalid_constraints", details: { type: type.name, field } },
      });
      expect(parsed.kind === "refused" && parsed.refusal.message).toContain(field);
    });
  });
}
