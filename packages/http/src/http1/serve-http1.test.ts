import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Exchange } from "../exchange.ts";
import { connect, echo, post, serve } from "../test-parts/serve-common.ts";

describe("common requests", () => {
  test("are answered one after the other on a connection", async () => {
    const client = connect(await serve(echo));
    for (const body of ["one", "two", "", "three"]) {
      client.send(post(body));
      await client.hears(`content-length: ${3 + body.length}\r\n`);
      await client.hears(`\r\n\r\n/p=${body}`);
    }
    expect(client.heard().match(/HTTP\/1.1 200 OK\r\n/g)).toHaveLength(4);
    expect(client.heard()).toMatch(/\r\ndate: \w{3}, [^\r]+ GMT\r\nkeep-alive: timeout=5\r\n/);
  });

  test("are read whatever way they are split in two", async () => {
    const served = await serve(echo);
    const text = post("body");
    for (let at = text.length - 4; at < text.length; at++) {
      const client = connect(served);
      client.send(text.slice(0, at));
      await once(client.socket, "connect");
      await new Promise<void>((resolve) => client.socket.write("", () => resolve()));
      client.send(text.slice(at));
      await client.hears("/p=body");
    }
    expect(served.handedOver.length).toBeLessThanOrEqual(4);
  });

  test("that are sent ahead are answered in their order, each after the one before", async () => {
    const waiting: Exchange[] = [];
    const client = connect(await serve((exchange) => void waiting.push(exchange)));
    client.send(post("1", "/1") + post("2", "/2") + post("3", "/3"));
    for (const path of ["/1", "/2", "/3"]) {
      await expect.poll(() => waiting.map((each) => each.path), { interval: 1 }).toEqual([path]);
      const exchange = waiting.pop();
      if (exchange !== undefined) echo(exchange);
      await client.hears(`${path}=`);
    }
  });

  test("are answered by a stream of chunks where no length is known", async () => {
    const client = connect(
      await serve((exchange) => {
        exchange.start(200, {});
        exchange.writeAll([Buffer.from("first"), Buffer.from("second, longer")]);
        exchange.end({ trailers: { "x-last": "word" } });
      }),
    );
    client.send(post(""));
    await client.hears("\r\n\r\n5\r\nfirst\r\ne\r\nsecond, longer\r\n0\r\nx-last: word\r\n\r\n");
    expect(client.heard()).toContain("transfer-encoding: chunked\r\n");
  });

  test("are answered by a head alone where it is all there is", async () => {
    const client = connect(await serve((exchange) => exchange.start(200, {}, true)));
    client.send(post(""));
    await client.hears("\r\n\r\n");
    expect(client.heard()).toContain("content-length: 0\r\n");
    client.send(post(""));
    await client.hears("\r\n\r\nHTTP/1.1 200 OK\r\n");
  });

  test("are understood by Node's client, chunks and all", async () => {
    const served = await serve((exchange) => {
      exchange.start(200, {});
      for (const text of ["a", "b", "c"]) exchange.write(Buffer.from(text));
      exchange.end({});
    });
    const url = `http://127.0.0.1:${served.port}/`;
    for (let round = 0; round < 3; round++)
      expect(await (await fetch(url, { method: "POST", body: "x" })).text()).toBe("abc");
  });

  test.each([
    [204, ""],
    [304, ""],
    [200, "content-length: 0\r\n"],
  ])("are answered without a body by %i", async (status, length) => {
    const client = connect(
      await serve((exchange) => {
        exchange.start(status, {});
        exchange.end({});
      }),
    );
    client.send(post("x"));
    await client.hears("\r\n\r\n");
    expect(/\r\n(content-length: .*\r\n|transfer-encoding.*\r\n)/.exec(client.heard())?.[1] ?? "").toBe(length);
  });

  test("do not begin before a paused reader goes on", async () => {
    let heard = "";
    let exchange: Exchange | undefined;
    const client = connect(
      await serve((given) => {
        exchange = given;
        given.pause();
        given.read({ onData: (bytes) => (heard += bytes), onEnd: () => (heard += "!") });
      }),
    );
    client.send(post("body"));
    await expect.poll(() => exchange, { interval: 1 }).toBeDefined();
    expect(heard).toBe("");
    exchange?.resume();
    expect(heard).toBe("body!");
  });

  test("hold back who writes more than is read, and let them go on", async () => {
    const piece = Buffer.alloc(256 * 1024, "x");
    let written = 0;
    const client = connect(
      await serve((exchange) => {
        exchange.start(200, { "content-length": piece.length * 40 });
        const write = () => {
          while (written < 40) {
            written++;
            if (!exchange.write(piece)) return exchange.onDrain(write);
          }
          exchange.end({});
        };
        write();
      }),
    );
    client.socket.pause();
    client.send(post(""));
    await expect.poll(() => written, { interval: 1 }).toBeGreaterThan(0);
    client.socket.resume();
    await expect.poll(() => client.heard().length, { interval: 1 }).toBeGreaterThan(piece.length * 40);
    expect(written).toBe(40);
  });

  test("close when their client goes away, once, and an answer is dropped then", async () => {
    let closings = 0;
    let exchange: Exchange | undefined;
    const client = connect(
      await serve((given) => {
        exchange = given;
        given.onClose(() => closings++);
      }),
    );
    client.send(post("x"));
    await expect.poll(() => exchange, { interval: 1 }).toBeDefined();
    client.socket.destroy();
    await expect.poll(() => closings, { interval: 1 }).toBe(1);
    exchange?.start(200, {});
    expect(exchange?.write(Buffer.from("late"))).toBe(false);
    exchange?.end({});
    expect(closings).toBe(1);
  });

  test("whose answer holds a field that is none are told nothing half", async () => {
    const thrown: unknown[] = [];
    const client = connect(
      await serve((exchange) => {
        try {
          exchange.start(200, { "x-note": "a\r\nset-cookie: b" });
        } catch (error) {
          thrown.push(error);
        }
        exchange.start(500, {});
        exchange.end({});
      }),
    );
    client.send(post("x"));
    await client.hears("HTTP/1.1 500 Internal Server Error\r\n");
    expect(thrown).toEqual([expect.any(TypeError)]);
    expect(client.heard()).not.toContain("set-cookie");
  });
});

describe("what throws ends its exchange, and its connection goes on if nothing of the answer was sent", () => {
  const fault = new Error("thrown on purpose");
  const throwIt = () => {
    throw fault;
  };
  const nothing = () => {};

  test.each<[string, (exchange: Exchange) => void]>([
    ["a handler", throwIt],
    [
      "a handler that has begun an answer of which nothing was sent",
      (exchange) => {
        exchange.start(200, { "content-length": 7, "x-half": "yes" });
        throwIt();
      },
    ],
    ["who takes the bytes of a body", (exchange) => exchange.read({ onData: throwIt, onEnd: nothing })],
    ["who hears of its end", (exchange) => exchange.read({ onData: nothing, onEnd: throwIt })],
    ["who reads it later", (exchange) => setImmediate(() => exchange.read({ onData: nothing, onEnd: throwIt }))],
  ])("%s", async (_, handler) => {
    const served = await serve((exchange) => (exchange.path === "/throws" ? handler(exchange) : echo(exchange)));
    const client = connect(served);
    client.send(post("x", "/throws") + post("y", "/next"));
    await client.hears("/next=y");
    expect(client.heard()).toMatch(/^HTTP\/1.1 500 .*\r\n\r\nthe server failed\nHTTP\/1.1 200 /s);
    expect(client.heard()).not.toContain("x-half");
    expect(served.faults).toEqual([fault]);
  });

  test("an answer that has begun is broken off, and so is its connection", async () => {
    const served = await serve((exchange) => {
      exchange.start(200, {});
      exchange.write(Buffer.from("half"));
      exchange.onDrain(throwIt);
    });
    const client = connect(served);
    client.send(post("x"));
    await client.closed;
    expect(client.heard()).toContain("\r\n\r\n4\r\nhalf\r\n");
    expect(client.heard()).not.toContain("\r\n0\r\n");
    expect(served.faults).toEqual([fault]);
  });

  test("of those who wait for the end each is called, and an answer that was sent stays as it is", async () => {
    const calls: string[] = [];
    const served = await serve((exchange) => {
      exchange.onClose(throwIt);
      exchange.onClose(() => calls.push("second"));
      echo(exchange);
    });
    const client = connect(served);
    client.send(post("one") + post("two"));
    await client.hears("/p=two");
    expect(client.heard().match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
    expect([calls, served.faults]).toEqual([
      ["second", "second"],
      [fault, fault],
    ]);
  });
});
