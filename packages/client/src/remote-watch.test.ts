import type { WatchEvent } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { openRemote, sampleSpecs } from "./test-parts/open-remote.ts";

describe("a watch over a transport", () => {
  test("yields what the same watch yields in process", async () => {
    const { local, remote } = await openRemote();
    const [here, there] = [remote, local].map((store) =>
      store.watch("s", {}, { oldValues: true })[Symbol.asyncIterator](),
    );
    if (here === undefined || there === undefined) return expect.fail("both are opened");
    const compare = async (): Promise<WatchEvent["kind"]> => {
      const [a, b] = [await here.next(), await there.next()];
      expect(a).toEqual(b);
      return a.value.kind;
    };
    expect(await compare()).toBe("snapshot");
    await remote.registerVariables("s", sampleSpecs, { actor: "ada", origin: "python", metadata: { why: "start" } });
    expect(await compare()).toBe("changes");
    await remote.setVariables("s", { temperature: 1, model: "claude-3" });
    expect(await compare()).toBe("changes");
    await remote.updateVariable("s", "temperature", { description: "how free" });
    expect(await compare()).toBe("changes");
    await remote.deleteVariable("s", "model");
    expect(await compare()).toBe("changes");
    await remote.deleteSession("s");
    expect(await compare()).toBe("changes");
    expect(await compare()).toBe("ended");
    expect(await here.next()).toEqual({ done: true, value: undefined });
  });

  test("gives a view of several megabytes whole, as one event", async () => {
    const { local, remote } = await openRemote();
    const specs = Array.from({ length: 9 }, (_, i) => ({
      name: `v${i}`,
      type: "string",
      value: `${i}`.repeat(400_000),
    }));
    await local.registerVariables("s", specs);
    const there = await local.watch("s")[Symbol.asyncIterator]().next();
    const watch = remote.watch("s")[Symbol.asyncIterator]();
    const here = await watch.next();
    expect(here.value.variables).toHaveLength(9);
    expect(here).toEqual(there);
    await watch.return?.();
  });

  test("ends at once when it is returned while it waits", async () => {
    const { remote } = await openRemote();
    const watch = remote.watch("s")[Symbol.asyncIterator]();
    await watch.next();
    const waiting = watch.next();
    await watch.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  test("ends at once, without an error, when its signal is aborted", async () => {
    const { remote } = await openRemote();
    const end = new AbortController();
    const watch = remote.watch("s", {}, { signal: end.signal })[Symbol.asyncIterator]();
    await watch.next();
    const waiting = watch.next();
    end.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const late = remote.watch("s", {}, { signal: end.signal })[Symbol.asyncIterator]();
    expect(await late.next()).toEqual({ done: true, value: undefined });
  });

  test("opens nothing until it is read, and asks once", async () => {
    const { remote, sent } = await openRemote();
    const events = remote.watch("s");
    expect(sent()).toBe(0);
    for await (const event of events) {
      expect(event.kind).toBe("snapshot");
      break;
    }
    expect(sent()).toBe(1);
  });

  test("says that the server shuts down", async () => {
    const shutdown = new AbortController();
    const { remote } = await openRemote({ routes: { shutdown: shutdown.signal } });
    const watch = remote.watch("s")[Symbol.asyncIterator]();
    await watch.next();
    const waiting = watch.next();
    shutdown.abort();
    await expect(waiting).rejects.toMatchObject({ reason: "unavailable", message: "server is shutting down" });
  });
});
