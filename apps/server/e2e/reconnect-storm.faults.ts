import { createStoreClient, openSession } from "@trimtab/client";
import type { Commit, SessionCheckpoint } from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { float } from "@trimtab/types";
import { expect, test } from "vitest";
import type { RunningServer } from "../src/start-server.ts";
import { openServer, transports } from "./open-server.ts";
import { consecutive, recordWatch } from "./test-parts/recorded-watch.ts";
import { createRandom } from "./test-parts/seeded-random.ts";
import { openProxy } from "./test-parts/tcp-proxy.ts";

const rounds = 4;
const handles = 200;
const watchers = 200;
const seed = 7;
const names = ["a", "b", "c", "d"] as const;
const declarations = { a: float(), b: float(), c: float(), d: float() };

/** Clients that share a transport, as those of one process do: so many on each of the kinds of transport. */
function openStores(url: string, count: number) {
  const stores = Object.values(transports).flatMap((create) => [
    createStoreClient(create(url)),
    createStoreClient(create(url)),
  ]);
  return Array.from({ length: count }, (_, i) => stores[i % stores.length] ?? expect.fail("no store"));
}

async function openHandles(url: string) {
  const sessions = openStores(url, handles).map((store) => openSession(store, "s", declarations));
  return Promise.all(
    (await Promise.all(sessions)).map((app) => {
      const versions = new Map(names.map((name) => [name, [app.variables[name].version]]));
      for (const name of names) {
        app.variables[name].subscribe((_, { version, lagged }) => {
          versions.get(name)?.push(lagged ? -1 : version);
        });
      }
      return { app, versions };
    }),
  );
}

test(`${handles} handles and ${watchers} watchers lose the server at once, ${rounds} times (seed ${seed})`, async () => {
  const random = createRandom(seed);
  const parts = {
    store: { log: createMemoryLog<Commit>(), snapshots: createMemorySnapshots<SessionCheckpoint>(), shared: false },
  };
  let server: RunningServer = await openServer({}, parts);
  const proxy = await openProxy(server.port);
  await server.store.createSession({ id: "s" });
  await server.store.registerVariables(
    "s",
    names.map((name) => ({ name, type: "float", value: 0 })),
  );
  const write = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const name = names[random.whole(0, names.length - 1)] ?? "a";
      if (random.whole(0, 3) > 0) await server.store.setVariable("s", name, random.whole(0, 1000));
      else await server.store.setVariables("s", { a: i, b: -i });
    }
  };

  const opened = await openHandles(proxy.url);
  const watches = openStores(proxy.url, watchers).map((store) => recordWatch(store, "s"));
  await expect.poll(() => watches.every(({ revisions }) => revisions.length > 0)).toBe(true);

  const allCaughtUp = async () => {
    const { revision } = await server.store.getSession("s");
    await Promise.all(opened.map(({ app }) => app.caughtUp(revision)));
    const isLate = () => watches.some(({ revisions }) => revisions.at(-1) !== revision);
    await expect.poll(isLate).toBe(false);
  };

  for (let round = 0; round < rounds; round++) {
    await write(25);
    if (round % 2 === 0) {
      // The network goes, without a word.
      proxy.refuse(true);
      proxy.cutAll();
      await write(25);
      proxy.refuse(false);
    } else {
      // The server stops and another takes its place, with the same log.
      await server.close();
      server = await openServer({ listen: { host: "127.0.0.1", port: server.port } }, parts);
      await write(25);
    }
    for (const { app } of opened) app.reconnect();
    await write(10);
    await allCaughtUp();
  }

  const expected = new Map((await server.store.listVariables("s")).items.map(({ name, value }) => [name, value]));
  await Promise.all(watches.map((watch) => watch.stop()));

  for (const { app, versions } of opened) {
    expect(new Map(Object.entries(app.values))).toEqual(expected);
    for (const seen of versions.values()) expect(seen).toEqual(consecutive(seen));
  }
  for (const { revisions, values, breaks, resets } of watches) {
    expect(new Map(values)).toEqual(expected);
    expect(revisions).toEqual(consecutive(revisions));
    expect([breaks >= rounds, resets]).toEqual([true, 0]);
  }
  await Promise.all(opened.map(({ app }) => app.close()));
  await proxy.close();
  await server.close();
});
