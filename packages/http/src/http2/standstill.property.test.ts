import fc from "fast-check";
import { expect, it } from "vitest";
import { Standstill } from "./standstill.ts";

const marks = fc.array(fc.option(fc.nat(2), { nil: undefined, freq: 4 }), { maxLength: 40 });

it("counts the beats since it was last otherwise, and none where there is nothing to wait for", () => {
  fc.assert(
    fc.property(marks, (seen) => {
      const standstill = new Standstill();
      seen.forEach((mark, at) => {
        const before = seen.slice(0, at).reverse();
        const same = before.findIndex((each) => each !== mark);
        const expected = mark === undefined ? 0 : same < 0 ? before.length : same;
        expect(standstill.look(mark)).toBe(expected);
      });
    }),
  );
});
