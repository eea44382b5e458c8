import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from "node:http2";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { closing } from "../test-parts/closing.ts";
import { makeKeyPair } from "./test-parts/key-pair.ts";
import { answer, type Served, type Stream, serve } from "./test-parts/serve.ts";

const keyPair = makeKeyPair();
const mebibyte = 1 << 20;

/** Sends the body back as it comes, at the pace of its client, with its hash as a trailer. */
function echo(stream: Stream): void {
  const hash = createHash("sha256");
  stream.start(200, {});
  stream.read({
    onData(bytes) {
      hash.update(bytes);
      if (stream.write(bytes)) return;
      stream.pause();
      stream.onDrain(() => stream.resume());
    },
    onEnd: () => stream.end({ trailers: { "x-hash": hash.digest("hex") } }),
  });
}

/** What came back for a request. */
interface Answer {
  readonly head: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
  readonly code: number | undefined;
}

async function answerTo(request: ClientHttp2Stream): Promise<Answer> {
  let head: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  const pieces: Buffer[] = [];
  request.on("response", (fields) => {
    head = fields;
  });
  request.on("trailers", (fields) => {
    trailers = fields;
  });
  request.on("data", (piece: Buffer) => pieces.push(piece));
  await new Promise((resolve) => request.on("error", () => {}).on("close", resolve));
  return { head, body: Buffer.concat(pieces), trailers, code: request.rstCode };
}

describe.each([
  ["plain text", undefined],
  ["TLS", keyPair],
] as const)("Node's client over %s", (_name, pair) => {
  let served: Served | undefined;

  /** Opens a session with a server of its own. */
  async function open(onStream: (stream: Stream) => void, settings = {}): Promise<ClientHttp2Session> {
    served = await serve(onStream, {}, pair);
    const url = `${pair === undefined ? "http" : "https"}://localhost:${served.port}`;
    // What waits to be sent counts against a client's own memory, which is 10 MB unless it is told otherwise.
    const session = connect(url, { ...(pair !== undefined && { ca: pair.cert }), settings, maxSessionMemory: 1000 });
    session.on("error", () => {});
    onTestFinished(() => session.destroy());
    await once(session, "remoteSettings");
    return session;
  }

  const post = (session: ClientHttp2Session, body?: Buffer) => {
    const request = session.request({ ":method": "POST", ":path": "/echo" });
    if (body !== undefined) request.end(body);
    return request;
  };

  // Whatever a test does: every stream closes once, and its connection forgets it.
  afterEach(async () => {
    await expect.poll(() => served?.openStreams()).toBe(0);
    for (const stream of served?.streams ?? []) expect(served?.closings.get(stream)).toBe(1);
  });

  it.each([0, 1, 1000, 16_384, 16_385, 70_000, 5 * mebibyte])("echoes %d bytes", async (size) => {
    const session = await open(echo);
    const body = randomBytes(size);
    const { head, body: back, trailers } = await answerTo(post(session, body));
    expect(head[":status"]).toBe(200);
    expect(back.equals(body)).toBe(true);
    expect(trailers["x-hash"]).toBe(createHash("sha256").update(body).digest("hex"));
  });

  it("echoes large bodies on several streams at once", async () => {
    const session = await open(echo);
    const bodies = Array.from({ length: 6 }, () => randomBytes(5 * mebibyte));
    const answers = await Promise.all(bodies.map((body) => answerTo(post(session, body))));
    expect(answers.map(({ body }, index) => bodies[index]?.equals(body))).toEqual(Array(6).fill(true));
  });

  it("sends large answers to a client of small windows and frames", async () => {
    const bytes = randomBytes(300_000);
    const session = await open(
      (stream) => {
        stream.start(200, {});
        stream.end({ bytes, trailers: { "x-end": "yes" } });
      },
      { initialWindowSize: 1000 },
    );
    const answers = await Promise.all([1, 2, 3].map(() => answerTo(post(session, Buffer.alloc(0)))));
    for (const { body, trailers } of answers) {
      expect(body.equals(bytes)).toBe(true);
      expect(trailers["x-end"]).toBe("yes");
    }
  });

  it("takes trailers", async () => {
    const session = await open(answer);
    const request = session.request({ ":method": "POST" }, { waitForTrailers: true });
    request.on("wantTrailers", () => request.sendTrailers({ "x-sum": "7" }));
    request.end("abc");
    expect((await answerTo(request)).body.toString()).toBe("3 bytes");
  });

  it("has a client wait that sends more than a handler reads", async () => {
    let got = 0;
    const session = await open((stream) => {
      stream.read({
        onData(bytes) {
          if (got === 0) stream.pause();
          got += bytes.length;
        },
        onEnd() {
          stream.start(200, {});
          stream.end({});
        },
      });
    });
    const request = post(session, randomBytes(5 * mebibyte));
    const closed = answerTo(request);
    // The client has used up the stream's window, of 1 MiB, and no more of the connection's: a ping behind that comes back.
    await expect.poll(() => session.state.remoteWindowSize).toBe(7 * mebibyte);
    await new Promise((resolve) => session.ping(resolve));
    expect(session.state.remoteWindowSize).toBe(7 * mebibyte);
    expect(got).toBeLessThanOrEqual(65_536);
    served?.streams[0]?.resume();
    await closed;
    expect(got).toBe(5 * mebibyte);
  });

  it("waits for a client that does not read", async () => {
    let written = 0;
    const chunk = randomBytes(100_000);
    const session = await open((stream) => {
      const more = () => {
        while (written < 50) {
          written++;
          if (stream.write(chunk)) continue;
          stream.onDrain(more);
          return;
        }
        stream.end({});
      };
      stream.start(200, {});
      more();
    });
    const request = post(session, Buffer.alloc(0)).pause();
    await once(request, "response");
    await new Promise((resolve) => session.ping(resolve));
    expect(written).toBeLessThan(50);
    const closed = answerTo(request);
    request.resume();
    expect((await closed).body).toHaveLength(5_000_000);
    expect(written).toBe(50);
  });

  it("answers before the request is whole, without an error", async () => {
    const session = await open((stream) => {
      stream.start(413, {});
      stream.end({ bytes: Buffer.from("too much") });
    });
    const request = post(session);
    request.write(randomBytes(200_000));
    const { head, body, code } = await answerTo(request);
    expect([head[":status"], body.toString(), code]).toEqual([413, "too much", 0]);
  });

  it("hears that a client calls a request off, before and amid the answer", async () => {
    const session = await open((stream) => {
      if (stream.headers["x-begin"] !== undefined) stream.start(200, {});
    });
    const silent = post(session);
    const begun = session.request({ "x-begin": "yes" });
    begun.on("error", () => {});
    await once(begun, "response");
    silent.close(8);
    begun.close(8);
    await expect.poll(() => served?.streams.every(({ isClosed }) => isClosed)).toBe(true);
    expect(session.destroyed).toBe(false);
  });

  it("breaks answers off so that a client sees it", async () => {
    const session = await open((stream) => {
      stream.start(200, {});
      stream.write(Buffer.from("half"));
      stream.reset();
    });
    const { body, code } = await answerTo(post(session, Buffer.alloc(0)));
    expect([body.toString(), code]).toEqual(["half", 2]);
  });

  it("serves thousands of streams at once", async () => {
    const held: Stream[] = [];
    const session = await open((stream) => void held.push(stream));
    const answers = Array.from({ length: 2000 }, () => answerTo(session.request({})));
    await expect.poll(() => held.length).toBe(2000);
    expect(served?.openStreams()).toBe(2000);
    for (const stream of held) answer(stream);
    const bodies = (await Promise.all(answers)).map(({ body }) => body.toString());
    expect(new Set(bodies)).toEqual(new Set(["0 bytes"]));
  });

  it.each(["client", "server"] as const)("ends its streams when the %s's socket breaks amid bodies", async (side) => {
    const session = await open(echo);
    const requests = Array.from({ length: 10 }, () => answerTo(post(session, randomBytes(5 * mebibyte))));
    await expect.poll(() => served?.openStreams(), { interval: 1 }).toBe(10);
    if (side === "client") session.destroy();
    else served?.sockets[0]?.destroy();
    await expect.poll(() => served?.openStreams()).toBe(0);
    // Over TLS, Node's client does not hear of it while it sends, whoever serves it.
    session.destroy();
    await Promise.all(requests);
  });

  it("says goodbye, and ends with its last stream", async () => {
    const session = await open(echo);
    const request = post(session);
    request.write("abc");
    await once(request, "response");
    served?.connections[0]?.leave();
    await once(session, "goaway");
    const closed = closing(session);
    request.end("def");
    expect((await answerTo(request)).body.toString()).toBe("abcdef");
    await closed;
  });
});
