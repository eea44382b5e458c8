import { describe, expect, test } from "vitest";
import type { ValueRecord } from "../payload.ts";
import { createTypeRegistry } from "../type-registry.ts";
import { describeConstraints } from "./type/describe-constraints.ts";
import { describeRefusals } from "./type/describe-refusals.ts";
import { describeValues } from "./type/describe-values.ts";
import type { TypeSpec } from "./type/type-spec.ts";

/**
 * Registers what every `VariableType` must hold, as vitest tests with random cases:
 *
 * - constraints parse to a canonical form of plain data that parses to itself; unknown keys and ill-typed or
 *   contradictory limits are refused, naming the constraint;
 * - values that are let through satisfy their constraints, parse to themselves, and are stored and read back exactly,
 *   also by way of their plain form; what is stored shares no memory with the value;
 * - every point of a type's space is valid;
 * - a payload decodes exactly or throws a `TypeError`;
 * - bad values are refused with the right reason, constraint, limit and message, and hostile ones throw nothing.
 */
export function describeType<V, C extends ValueRecord>(spec: TypeSpec<V, C>): void {
  describe(`VariableType: ${spec.type.name}`, () => {
    test("has a name that a registry takes", () => {
      expect(createTypeRegistry([spec.type]).get(spec.type.name)).toBe(spec.type);
    });
    describeConstraints(spec);
    describeValues(spec);
    describeRefusals(spec);
  });
}
