import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import * as net from "node:net";
import type { Exchange } from "@trimtab/http";
import { afterEach, describe, expect, test } from "vitest";
import { closing } from "../../e2e/test-parts/closing.ts";
import { type Listener, type ListenerOptions, openListener } from "./listener.ts";
import { sendText } from "./send.ts";

const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0);
});

const onFault = (error: unknown): never => {
  throw error;
};

async function listen(options: Partial<ListenerOptions> = {}): Promise<Listener> {
  const handler: ListenerOptions["handler"] = (exchange) =>
    answer(exchange, `HTTP/${exchange.hasTrailers ? "2.0" : "1.1"} ${exchange.path}`);
  const listener = await openListener({ listen: { host: "127.0.0.1", port: 0 }, handler, onFault, ...options });
  open.push(listener);
  return listener;
}

const answer = (exchange: Exchange, text: string) => sendText(exchange, { status: 200, text });

/** Sends pieces of raw bytes, each on its own, and gives what comes back until the connection ends. */
async function exchange({ port }: Listener, pieces: (string | Buffer)[]): Promise<Buffer> {
  const socket = net.connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const closed = closing(socket);
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await closed;
  return Buffer.concat(chunks);
}

const get = async (url: string) => (await fetch(url)).text();

async function getHttp2(url: string): Promise<string> {
  const session = http2.connect(url);
  const stream = session.request({ ":path": "/two" });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  session.close();
  return Buffer.concat(chunks).toString();
}

describe("one port", () => {
  test("speaks both versions of HTTP, side by side", async () => {
    const { url } = await listen();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await Promise.all([get(`${url}/one`), getHttp2(url), get(`${url}/one`)])).toEqual([
      "HTTP/1.1 /one",
      "HTTP/2.0 /two",
      "HTTP/1.1 /one",
    ]);
  });

  test("listens on IPv6 and says so in brackets", async () => {
    const { url } = await listen({ listen: { host: "::1", port: 0 } });
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect(await get(`${url}/six`)).toBe("HTTP/1.1 /six");
  });

  test("tells the protocol however the first bytes are split", async () => {
    const listener = await listen();
    const request = "GET /split HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    expect((await exchange(listener, [...request.slice(0, 5), request.slice(5)])).toString()).toContain(
      "HTTP/1.1 /split",
    );
    // A method that begins like the preface of HTTP/2 and is none.
    const propfind = request.replace("GET", "PROPFIND");
    expect((await exchange(listener, ["PR", propfind.slice(2)])).toString()).toContain("HTTP/1.1 /split");
    const goaway = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    const answer = await exchange(listener, ["PRI * HT", "TP/2.0\r\n\r\nSM\r\n\r\n", settings, goaway]);
    expect(answer[3]).toBe(4);
  });

  test("survives garbage, and keeps serving others", async () => {
    const listener = await listen();
    expect((await exchange(listener, [Buffer.from([0x16, 3, 1, 0, 0xff, 0xff])])).toString()).toContain(
      "400 Bad Request",
    );
    await exchange(listener, ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Buffer.alloc(64, 0xff)]);
    expect(await get(`${listener.url}/still`)).toBe("HTTP/1.1 /still");
  });

  test("drops a connection that never says what it speaks", async () => {
    const listener = await listen({ firstByteTimeoutMs: 20 });
    expect(await exchange(listener, ["P"])).toHaveLength(0);
  });

  test("refuses a port that is taken", async () => {
    const { port } = await listen();
    await expect(listen({ listen: { host: "127.0.0.1", port } })).rejects.toThrow("EADDRINUSE");
  });
});

describe("a request that is answered before it has been read", () => {
  const refusal = "a".repeat(200_000);

  /** Sends more than anybody reads, never ends it, and gives what comes back once the stream is closed. */
  async function sendUnread(session: http2.ClientHttp2Session): Promise<{ body: Buffer; code: number | undefined }> {
    const stream = session.request({ ":method": "POST", ":path": "/unread" });
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.write(Buffer.alloc(100_000));
    await once(stream, "close");
    return { body: Buffer.concat(chunks), code: stream.rstCode };
  }

  test("costs the other calls of its connection nothing", async () => {
    const listener = await listen({ handler: (exchange) => sendText(exchange, { status: 413, text: refusal }) });
    const session = http2.connect(listener.url);
    for (let i = 0; i < 10; i++) {
      const { body, code } = await sendUnread(session);
      expect([body.equals(Buffer.from(refusal)), code]).toEqual([true, http2.constants.NGHTTP2_NO_ERROR]);
    }
    await listener.close(60_000);
    open.length = 0;
  });
});

describe("a handler that throws", () => {
  const common = (path: string) => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`;

  test("costs one request, in either version, and the fault is told", async () => {
    const fault = new Error("thrown on purpose");
    const faults: unknown[] = [];
    const handler = (exchange: Exchange) => {
      if (exchange.path === "/two") throw fault;
      answer(exchange, `well ${exchange.path}`);
    };
    const listener = await listen({ handler, onFault: (error) => faults.push(error) });
    expect(await getHttp2(listener.url)).toBe("the server failed\n");
    // Common requests, and then one that Node's own server takes.
    const last = "GET /two HTTP/1.1\r\nhost: x\r\n\r\nGET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    const answers = (await exchange(listener, [common("/two") + common("/one") + last])).toString();
    expect(answers.match(/1\.1 \d+|the server failed|well \/[a-z]+/g)).toEqual([
      ...["1.1 500", "the server failed", "1.1 200", "well /one"],
      ...["1.1 500", "the server failed", "1.1 200", "well /last"],
    ]);
    expect(faults).toEqual([fault, fault, fault]);
  });
});

describe("closing", () => {
  test("ends kept-alive connections at once and lets a request under way finish", async () => {
    let finish: (() => void) | undefined;
    const listener = await listen({
      handler: (exchange) => {
        if (exchange.path === "/slow") finish = () => answer(exchange, "done");
        else answer(exchange, "quick");
      },
    });
    const agent = new http.Agent({ keepAlive: true });
    const request = (path: string) =>
      new Promise<string>((resolve, reject) => {
        http
          .get(`${listener.url}${path}`, { agent }, (response) => {
            response.setEncoding("utf8").once("data", resolve).resume();
          })
          .once("error", reject);
      });
    expect(await request("/quick")).toBe("quick");
    const slow = request("/slow");
    await expect.poll(() => finish, { interval: 1 }).toBeDefined();
    const closed = listener.close(60_000);
    await expect(fetch(`${listener.url}/new`)).rejects.toThrow();
    finish?.();
    expect(await slow).toBe("done");
    await closed;
    open.length = 0;
  });

  test("lets requests that were sent ahead finish, then ends the connection", async () => {
    const finish: (() => void)[] = [];
    const listener = await listen({
      handler: (exchange) => void finish.push(() => answer(exchange, `answer ${exchange.path}`)),
    });
    const ahead = ["/a", "/b"].map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join("");
    const answers = exchange(listener, [ahead]);
    await expect.poll(() => finish.length, { interval: 1 }).toBe(2);
    const closed = listener.close(60_000);
    finish[0]?.();
    finish[1]?.();
    expect((await answers).toString().match(/answer \/./g)).toEqual(["answer /a", "answer /b"]);
    await closed;
    open.length = 0;
  });

  test("does not wait for a connection that has said nothing, or half a request", async () => {
    const listener = await listen();
    const silent = exchange(listener, []);
    const half = exchange(listener, ["GET / HTTP/1.1\r\nho"]);
    // Whoever came later is answered, so that both of them are here.
    expect(await get(`${listener.url}/one`)).toBe("HTTP/1.1 /one");
    await listener.close(60_000);
    expect(await silent).toHaveLength(0);
    expect(await half).toHaveLength(0);
    open.length = 0;
  });

  test("does not wait longer than the grace period, for either version", async () => {
    let asked = 0;
    const listener = await listen({ handler: () => asked++ });
    const first = fetch(`${listener.url}/hang`).catch((error: Error) => error.name);
    const session = http2.connect(listener.url);
    session.request({ ":path": "/hang" }).on("error", () => {});
    const gone = closing(session);
    await expect.poll(() => asked, { interval: 1 }).toBe(2);
    await listener.close(20);
    expect(await first).toBe("TypeError");
    await gone;
    open.length = 0;
  });
});
