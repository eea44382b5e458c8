import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Exchange } from "../exchange.ts";
import { connect, echo, post, serve } from "../test-parts/serve-common.ts";

describe("everything else is handed over as it came", () => {
  test.each([
    ["another method", "GET /get HTTP/1.1\r\nhost: x\r\n\r\n", "GET /get "],
    ["a large body", post("x".repeat(70_000)), `POST /p ${"x".repeat(70_000)}`],
    ["chunks", "POST /p HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "POST /p ab"],
    ["the last request", post("x", "/last", "connection: close\r\n"), "POST /last x"],
  ])("%s", async (_, text, read) => {
    const served = await serve(echo);
    const client = connect(served);
    client.send(post("before"));
    await client.hears("/p=before");
    client.send(text);
    await client.hears("by Node");
    expect(served.handedOver).toEqual([read]);
    // The connection is Node's from then on.
    if (!text.includes("close")) {
      client.send(post("after"));
      await expect.poll(() => served.handedOver.at(-1), { interval: 1 }).toBe("POST /p after");
    }
  });

  test("also behind a common request, in the same piece", async () => {
    const served = await serve(echo);
    const client = connect(served);
    client.send(`${post("one")}GET /two HTTP/1.1\r\nhost: x\r\n\r\n`);
    await client.hears("/p=one");
    await client.hears("by Node");
    expect(served.handedOver).toEqual(["GET /two "]);
  });

  test("a request whose rest does not come", async () => {
    const served = await serve(echo);
    const client = connect(served);
    client.send(post("body").slice(0, -2));
    await expect.poll(() => served.takenOver.length).toBe(1);
    client.send("dy");
    await client.hears("by Node");
    expect(served.handedOver).toEqual(["POST /p body"]);
  });

  test("a request in more than two pieces", async () => {
    const served = await serve(echo);
    const client = connect(served);
    const text = post("body");
    for (const end of [text.length - 3, text.length - 2, text.length]) {
      client.send(text.slice(served.sockets[0]?.bytesRead ?? 0, end));
      await expect.poll(() => served.sockets[0]?.bytesRead, { interval: 1 }).toBe(end);
    }
    await client.hears("by Node");
    expect(served.handedOver).toEqual(["POST /p body"]);
  });
});

describe("a connection", () => {
  test("that lies idle is closed", async () => {
    const client = connect(await serve(echo, 0));
    client.send(post("x"));
    await client.hears("/p=x");
    await client.closed;
  });

  test("is closed at once when nothing is under way, and after the answer otherwise", async () => {
    const waiting: Exchange[] = [];
    const served = await serve((exchange) => void waiting.push(exchange));
    const [idle, busy] = [connect(served), connect(served)];
    await Promise.all([once(idle.socket, "connect"), once(busy.socket, "connect")]);
    busy.send(post("x"));
    await expect.poll(() => [waiting.length, served.connections.length], { interval: 1 }).toEqual([1, 2]);
    for (const connection of served.connections) connection.close();
    await idle.closed;
    const exchange = waiting.pop();
    if (exchange !== undefined) echo(exchange);
    await busy.closed;
    expect(busy.heard()).toContain("connection: close\r\n");
    expect(busy.heard()).toContain("/p=x");
  });

  test("that is to end is handed to nobody, and does not wait for a client that reads nothing", async () => {
    const waiting: Exchange[] = [];
    const served = await serve((exchange) => void waiting.push(exchange), 0);
    const client = connect(served);
    client.socket.pause();
    client.send(`${post("x")}POST /half HTTP/1.1\r\n`);
    await expect.poll(() => waiting.length, { interval: 1 }).toBe(1);
    for (const connection of served.connections) connection.close();
    waiting[0]?.start(200, {});
    waiting[0]?.end({ bytes: Buffer.alloc(64 << 20) });
    await expect.poll(() => served.sockets[0]?.destroyed, { interval: 1, timeout: 20_000 }).toBe(true);
    expect(served.takenOver).toEqual([]);
  });
});
