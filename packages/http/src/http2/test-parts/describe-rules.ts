import { describe, expect, it } from "vitest";
import { openRaw } from "./raw-client.ts";
import { answer, type Stream, serve } from "./serve.ts";

/** A rule of RFC 9113: its section, what a client does, the bytes of that, and what the server answers, a line for each frame. */
export type Rule = readonly [
  section: string,
  what: string,
  sent: readonly Uint8Array[],
  answered: readonly string[] | RegExp,
];

/** Registers a test for each rule, each on a connection of its own. Requests of `/silent` are never answered, others at once. */
export function describeRules(title: string, rules: readonly Rule[]): void {
  describe(title, () => {
    it.each(rules)("section %s: %s", async (_section, _what, sent, answered) => {
      const served = await serve(unlessSilent);
      const client = await openRaw(served.port);
      const lines = await client.reaction(...sent);
      if (answered instanceof RegExp) expect(lines.join("\n")).toMatch(answered);
      else expect(lines).toEqual(answered);
      client.socket.destroy();
      await expect.poll(() => served.openStreams()).toBe(0);
      for (const stream of served.streams) expect(served.closings.get(stream)).toBe(1);
    });
  });
}

const unlessSilent = (stream: Stream) => {
  if (stream.path !== "/silent") answer(stream);
};

/** The lines for an answer to a request with so many bytes of body. */
export const answered = (id: number, bytes = 0): readonly string[] => [
  `HEADERS ${id} 200`,
  `DATA ${id} "${bytes} bytes" END`,
];

/** The lines for a connection that ends for a fault, after so many streams. */
export const fails = (code: string, after = 0): readonly string[] => [`GOAWAY ${code} after ${after}`, "closed"];
