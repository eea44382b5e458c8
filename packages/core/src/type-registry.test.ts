import { describe, expect, it } from "vitest";
import { createTypeRegistry } from "./type-registry.ts";

const wrong = (types: unknown) => types as Parameters<typeof createTypeRegistry>[0];

describe("what is no type", () => {
  it.each([
    [undefined, "types must be an object, got undefined"],
    [{}, "types must be something to iterate, got object"],
    [[null], "types[0] must be an object, got null"],
    [new Set([{ name: "x" }]), "types[0].constraints must be an object, got undefined"],
  ])("is refused by name: %j", (types, message) => {
    expect(() => createTypeRegistry(wrong(types))).toThrow(message);
  });
});
