import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createAuditClient, createStoreClient } from "@trimtab/client";
import type { AuditEvent, AuditTrail, WatchAuditOptions } from "@trimtab/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createToken } from "../src/auth/token.ts";
import { openServer, transports } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

function watching(trail: AuditTrail, session: string, options: WatchAuditOptions = {}) {
  const events = trail.watchAudit(session, options)[Symbol.asyncIterator]();
  const leave = async () => void (await events.return?.());
  onTestFinished(leave);
  const next = async (): Promise<AuditEvent> => {
    const { value, done } = await events.next();
    return done === true ? expect.fail("the watch has ended") : value;
  };
  /** The next entry, with what it is resumed after. */
  const nextEntry = async () => {
    let event = await next();
    while (event.kind === "bookmark") event = await next();
    return event.kind === "entry" ? { ...event.entry, token: event.token } : expect.fail("a gap");
  };
  return { next, nextEntry, leave };
}

describe.each(Object.entries(transports))("a watch of the audit over %s", (_, transportTo) => {
  test("tells what is entered, goes on from a token without gap or duplicate, and leaves out what a filter does", async () => {
    const server = await openServer({ audit: "on" });
    onTestFinished(() => server.close());
    const transport = transportTo(server.url);
    const [trail, store] = [createAuditClient(transport), createStoreClient(transport)];
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
    const first = watching(trail, "s");
    const second = watching(trail, "s", { filter: { outcomes: ["refused"] } });
    expect([(await first.next()).kind, (await second.next()).kind]).toEqual(["bookmark", "bookmark"]);
    for (let i = 1; i <= 20; i++) await store.setVariable("s", "x", i);
    let token = "";
    const versions: unknown[] = [];
    for (let i = 0; i < 7; i++) {
      const entry = await first.nextEntry();
      ({ token } = entry);
      versions.push(entry.newVersion);
    }
    await first.leave();
    await expect(store.setVariable("s", "nope", 1)).rejects.toMatchObject({ reason: "not_found" });
    const resumed = watching(trail, "s", { after: token });
    for (let i = 0; i < 13; i++) versions.push((await resumed.nextEntry()).newVersion);
    expect(versions).toEqual(Array.from({ length: 20 }, (__, i) => i + 1));
    expect(await resumed.nextEntry()).toMatchObject({ outcome: "refused", variableName: "nope" });
    expect(await second.nextEntry()).toMatchObject({ outcome: "refused", variableName: "nope" });
    await expect(watching(trail, "s", { after: "x" }).next()).rejects.toMatchObject({ reason: "invalid_argument" });
  });
});

test("a token holds after a restart of the server", async () => {
  const settings = { log: "sqlite", data: join(temporaryFolder(), "data"), audit: "on" } as const;
  const before = await openServer(settings);
  await before.store.createSession({ id: "s" });
  const first = watching(createAuditClient(createGrpcTransport({ baseUrl: before.url })), "s");
  await first.next();
  await before.store.updateSession("s", { metadata: { a: 1 } });
  await before.store.updateSession("s", { metadata: { a: 2 } });
  let entry = await first.nextEntry();
  if (entry.action === "SessionCreated") entry = await first.nextEntry();
  const read = await first.nextEntry();
  await before.close();
  await expect(first.next()).rejects.toMatchObject({ reason: "unavailable" });
  const server = await openServer(settings);
  onTestFinished(() => server.close());
  await server.store.updateSession("s", { metadata: { a: 3 } });
  const trail = createAuditClient(createGrpcTransport({ baseUrl: server.url }));
  const on = await watching(trail, "s", { after: entry.token }).nextEntry();
  expect(on.id).toBe(read.id);
  expect(Number((await watching(trail, "s", { after: on.token }).nextEntry()).id)).toBe(Number(on.id) + 1);
});

test("a reader that does not read slows no write, and is told all once it does", async () => {
  const server = await openServer({ audit: "on" });
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  await server.store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  const trail = createAuditClient(createConnectTransport({ baseUrl: server.url, httpVersion: "2" }));
  const slow = watching(trail, "s", { filter: { variable: "x", actions: ["VariableSet"] } });
  await slow.next();
  const count = 10_000;
  // More than sockets and windows hold, so that the server has to stop sending.
  const by = (n: number) => ({ actor: "a".repeat(200), requestId: `${n}`.padEnd(200, "r") });
  for (let i = 0; i < count; i += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, j) => server.store.setVariable("s", "x", i + j, by(i + j))));
  }
  const versions: unknown[] = [];
  while (versions.length < count) versions.push((await slow.nextEntry()).newVersion);
  expect(versions).toEqual(Array.from({ length: count }, (_, i) => i + 1));
}, 120_000);

describe("who may watch an audit", () => {
  async function open() {
    const principals = join(temporaryFolder(), "principals");
    const tokens = { ada: createToken(), bob: createToken() };
    const lines = { ada: ["s"], bob: ["b"] };
    const write = (names: readonly (keyof typeof lines)[]) =>
      writeFileSync(
        principals,
        names
          .map((name) => JSON.stringify({ principal: name, token: tokens[name].stored, sessions: lines[name] }))
          .join("\n"),
      );
    write(["ada", "bob"]);
    const server = await openServer({ principals });
    onTestFinished(() => server.close());
    for (const id of ["s", "b"]) await server.store.createSession({ id });
    const transportOf = (name: keyof typeof tokens): Transport => {
      const bearing: Interceptor = (next) => (request) => {
        request.header.set("authorization", `Bearer ${tokens[name].secret}`);
        return next(request);
      };
      return createGrpcTransport({ baseUrl: server.url, interceptors: [bearing] });
    };
    return { server, write, transportOf };
  }

  test("is who may act as the session; others are refused, which is told to those who may", async () => {
    const { transportOf } = await open();
    const ada = watching(createAuditClient(transportOf("ada")), "s");
    await ada.next();
    const denied = watching(createAuditClient(transportOf("bob")), "s").next();
    await expect(denied).rejects.toMatchObject({ reason: "access_denied" });
    let entry = await ada.nextEntry();
    while (entry.outcome === "succeeded") entry = await ada.nextEntry();
    expect(entry).toMatchObject({ principal: "bob", action: "WatchAudit", outcome: "denied", basis: "principal" });
  });

  test("is nobody any more once the token is gone", async () => {
    const { server, write, transportOf } = await open();
    const ada = watching(createAuditClient(transportOf("ada")), "s");
    await ada.next();
    write(["bob"]);
    server.reload();
    await expect(ada.nextEntry()).rejects.toMatchObject({ reason: "unauthenticated" });
  });
});
