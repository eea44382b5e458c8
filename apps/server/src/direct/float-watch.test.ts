import { isNotedFinite } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FloatWatch } from "./float-watch.ts";

test("floats are found finite exactly where all of them are, however they come", () => {
  const float = fc.oneof({ weight: 20, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) }, fc.float());
  const program = fc.record({ floats: fc.array(float, { minLength: 1 }), steps: fc.array(fc.nat(20)) });
  fc.assert(
    fc.property(program, ({ floats, steps }) => {
      const given = Float32Array.from(floats);
      const room = new Float32Array(given.length);
      const [source, target] = [new Uint8Array(given.buffer), new Uint8Array(room.buffer)];
      const watch = new FloatWatch(room);
      let come = 0;
      for (const step of [...steps, source.length]) {
        const end = Math.min(come + step, source.length);
        target.set(source.subarray(come, end), come);
        come = end;
        if (come < source.length) expect(isNotedFinite(room)).toBe(false);
        watch.look(come);
      }
      expect(isNotedFinite(room)).toBe(given.every(Number.isFinite));
    }),
  );
});
