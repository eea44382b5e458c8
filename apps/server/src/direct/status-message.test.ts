import fc from "fast-check";
import { expect, test } from "vitest";
import { statusMessage } from "./status-message.ts";

test.each([
  ["temperature: value 3 is above maximum 2", "temperature: value 3 is above maximum 2"],
  ["100 % größer\n", "100 %25 gr%C3%B6%C3%9Fer%0A"],
  [" 😀 ", "%20%F0%9F%98%80%20"],
  ["~\x7f", "~%7F"],
])("%j is %s", (text, message) => expect(statusMessage(text)).toBe(message));

test("every message is text of HTTP, and comes back as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const message = statusMessage(text.toWellFormed());
      expect(message).toMatch(/^([!-~]([ -~]*[!-~])?)?$/);
      expect(decodeURIComponent(message)).toBe(text.toWellFormed());
    }),
  );
});
