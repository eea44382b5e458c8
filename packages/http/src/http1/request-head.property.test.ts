import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCommonHead } from "./request-head.ts";

let server: http.Server;
let heard: http.IncomingMessage | undefined;
beforeAll(async () => {
  server = http.createServer((request, response) => {
    heard = request;
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
});

/** What Node makes of a request; `undefined` where it refuses it. */
async function readByNode(text: string): Promise<http.IncomingMessage | undefined> {
  heard = undefined;
  const { port } = server.address() as net.AddressInfo;
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(text, "latin1");
  await once(socket, "data");
  socket.destroy();
  return heard;
}

const name = fc.oneof(
  fc.constantFrom(
    "accept",
    "Accept-Encoding",
    "grpc-timeout",
    "X-Note",
    "cookie",
    "authorization",
    "origin",
    "te",
    "expect",
  ),
  fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/),
  fc.stringMatching(/^[ -~]{1,5}$/),
);
const value = fc.oneof(
  fc.stringMatching(/^[ -~\t\x80-\xff]{0,12}$/),
  fc.string({ unit: "binary-ascii", maxLength: 6 }),
);
const line = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(name, fc.constantFrom(":", ": ", ":\t ", " :"), value).map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 8 }) },
);

test("what is read is what Node reads", async () => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 5 }), fc.nat({ max: 9 }), async (lines, length) => {
      const text = ["POST /p HTTP/1.1", "Host: x", `Content-Length: ${length}`, ...lines].join("\r\n");
      const common = readCommonHead(text);
      if (common === undefined) return;
      read++;
      const byNode = await readByNode(`${text}\r\n\r\n${"b".repeat(length)}`);
      expect(byNode?.url).toBe(common.path);
      expect({ ...byNode?.headers }).toEqual({ ...common.headers });
    }),
    { numRuns: 400 },
  );
  expect(read).toBeGreaterThan(50);
});
