import { describe, expect, test } from "vitest";
import { describeBatches } from "./describe-batches.ts";
import { describeReading } from "./describe-reading.ts";
import { describeRegistration } from "./describe-registration.ts";
import { describeWriting } from "./describe-writing.ts";
import { type OpenStore, openSample, rejection } from "./harness.ts";

/** Registers what a store promises of registering, reading and writing variables. */
export function describeVariables(open: OpenStore): void {
  describeRegistration(open);
  describeReading(open);
  describeWriting(open);
  describeBatches(open);
  describeSurroundings(open);
}

function describeSurroundings(open: OpenStore): void {
  describe("what surrounds a value", () => {
    test("description, metadata and constraints change without a new version", async () => {
      const { store } = await openSample(open);
      const changed = await store.updateVariable("s", "temperature", {
        description: "how free",
        constraints: { min: 0, max: 1 },
      });
      expect(changed).toMatchObject({
        value: 0.7,
        version: 0,
        description: "how free",
        constraints: { min: 0, max: 1 },
        revision: 3,
      });
      expect(await store.getVariable("s", "temperature")).toEqual(changed);
      await rejection(store.setVariable("s", "temperature", 1.5), "constraint_violation");
    });

    test("constraints that the present value breaks are refused", async () => {
      const { store } = await openSample(open);
      await rejection(store.updateVariable("s", "temperature", { constraints: { max: 0.5 } }), "constraint_violation");
      await rejection(store.updateVariable("s", "temperature", { constraints: { nope: 1 } }), "invalid_constraints");
      expect((await store.getVariable("s", "temperature")).constraints).toEqual({ min: 0, max: 2 });
    });
  });
}
