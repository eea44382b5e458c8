import { createClient, type HandlerContext, type Interceptor, type ServiceImpl } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { reflectionV1 } from "@trimtab/wire/grpc";
import { expect, onTestFinished, test } from "vitest";
import { openListener } from "../http/listener.ts";
import { createRoutedServer } from "./serve-routed.ts";

// A service with streams both ways; what it is for does not matter here.
const { ServerReflection } = reflectionV1;
type Serve = ServiceImpl<typeof ServerReflection>["serverReflectionInfo"];

/** Serves streams by a function, and gives a client, whose requests carry these fields, and the faults that were told of. */
async function open(serve: Serve, fields: Readonly<Record<string, string>> = {}) {
  const faults: unknown[] = [];
  const onFault = (error: unknown) => faults.push(error);
  const routed = createRoutedServer({
    routes: (router) => void router.service(ServerReflection, { serverReflectionInfo: serve }),
    router: {},
    onError: onFault,
  });
  const handler = (exchange: Parameters<typeof routed>[0]) => void routed(exchange, {});
  const listener = await openListener({ listen: { host: "127.0.0.1", port: 0 }, handler, onFault });
  onTestFinished(() => listener.close(0));
  const addFields: Interceptor = (next) => (request) => {
    for (const [name, value] of Object.entries(fields)) request.header.set(name, value);
    return next(request);
  };
  const transport = createGrpcTransport({ baseUrl: listener.url, interceptors: [addFields] });
  return { client: createClient(ServerReflection, transport), faults };
}

const large = "x".repeat(1 << 17);
const many = 64;
const question = (host: string) => ({ host });

test("requests and answers of one stream take turns", async () => {
  const { client, faults } = await open(async function* (requests) {
    for await (const { host } of requests) yield { validHost: host.toUpperCase() };
  });
  let next = (_: string) => {};
  const asked = async function* () {
    for (let last = "a"; last !== "end"; ) {
      const word = new Promise<string>((resolve) => {
        next = resolve;
      });
      yield question(last);
      last = await word;
    }
  };
  const heard: string[] = [];
  for await (const { validHost } of client.serverReflectionInfo(asked())) {
    heard.push(validHost);
    next(heard.length < 3 ? `${heard.length}b` : "end");
  }
  expect([heard, faults]).toEqual([["A", "1B", "2B"], []]);
});

test("a caller waits whose requests are not read, and one that does not read is not sent more", async () => {
  let read = () => {};
  const mayRead = new Promise<void>((resolve) => {
    read = resolve;
  });
  let yielded = 0;
  let taken = 0;
  const { client } = await open(async function* (requests) {
    for (; yielded < many; yielded++) yield { validHost: large };
    await mayRead;
    for await (const _ of requests) taken++;
    yield { validHost: `${taken}` };
  });
  let sent = 0;
  const asked = async function* () {
    for (; sent < many; sent++) yield question(large);
  };
  const answers = client.serverReflectionInfo(asked())[Symbol.asyncIterator]();
  // Two streams of the same size, one after the other, are there before more of this one may have come.
  expect((await answers.next()).value?.validHost).toHaveLength(large.length);
  const { client: other } = await open(async function* (requests) {
    let count = 0;
    for await (const _ of requests) count++;
    yield { validHost: `${count}` };
  });
  for (let round = 0; round < 2; round++) {
    for await (const { validHost } of other.serverReflectionInfo(all())) expect(validHost).toBe(`${many}`);
  }
  expect([sent < many / 2, yielded < many / 2, taken]).toEqual([true, true, 0]);
  read();
  for (let i = 1; i < many; i++) expect((await answers.next()).done).toBe(false);
  expect((await answers.next()).value?.validHost).toBe(`${many}`);
  expect((await answers.next()).done).toBe(true);
});

async function* all() {
  for (let i = 0; i < many; i++) yield question(large);
}

test("a caller that goes away ends the stream of its requests, and the signal says so", async () => {
  let isOver = false;
  let signal: AbortSignal | undefined;
  const { client, faults } = await open(async function* (requests, context: HandlerContext) {
    signal = context.signal;
    try {
      for await (const { host } of requests) yield { validHost: host };
    } finally {
      isOver = true;
    }
  });
  const gone = new AbortController();
  const forever = async function* () {
    yield question("here");
    await new Promise(() => {});
  };
  const answers = client.serverReflectionInfo(forever(), { signal: gone.signal })[Symbol.asyncIterator]();
  expect((await answers.next()).value?.validHost).toBe("here");
  gone.abort();
  await expect(answers.next()).rejects.toThrow();
  await expect.poll(() => [isOver, signal?.aborted, faults], { interval: 1 }).toEqual([true, true, []]);
});

test("a caller that gives eleven thousand years gets its answer, and no timer is set that none can wait for", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  process.on("warning", warned);
  onTestFinished(() => void process.off("warning", warned));
  const serve: Serve = async function* (requests) {
    for await (const { host } of requests) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      yield { validHost: host };
    }
  };
  const { client } = await open(serve, { "grpc-timeout": "99999999H" });
  const hosts: string[] = [];
  const asked = async function* () {
    yield question("here");
  };
  for await (const { validHost } of client.serverReflectionInfo(asked())) hosts.push(validHost);
  expect([hosts, warnings]).toEqual([["here"], []]);
});
