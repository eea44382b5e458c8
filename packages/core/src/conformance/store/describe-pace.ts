import { describe, expect, test } from "vitest";
import type { WatchEvent } from "../../index.ts";
import { brief, type OpenStore, openSample, readWatch, type StoreFacts } from "./harness.ts";

/** Registers what a store promises to watchers that are slow, and to those beside them. */
export function describePace(open: OpenStore, { bookmarkIntervalMs, historyCommits = 1000 }: StoreFacts): void {
  describe("pace", () => {
    test("a slow watcher holds up neither writers nor others, and misses nothing", async () => {
      const { store } = await openSample(open);
      const slow = readWatch(store.watch("s", {}, { initialValues: false }));
      const quick = readWatch(store.watch("s", {}, { initialValues: false }));
      await Promise.all([slow.next(), quick.next()]);
      const count = Math.min(300, historyCommits);
      const expected = Array.from({ length: count }, (_, i) => `updated temperature ${i / 1000}`);
      for (let i = 0; i < count; i++) {
        await store.setVariable("s", "temperature", i / 1000);
        expect(brief(await quick.nextOf("changes"))).toEqual([expected[i]]);
      }
      const seen: string[] = [];
      while (seen.length < count) seen.push(...brief(await slow.nextOf("changes")));
      expect(seen).toEqual(expected);
      await Promise.all([slow.close(), quick.close()]);
    });

    test("a watcher that asks for it gets the latest of each where it fell behind", async () => {
      const { store } = await openSample(open);
      const count = Math.min(50, historyCommits - 1);
      const events: WatchEvent[] = [];
      const stop = new AbortController();
      for await (const event of store.watch("s", {}, { coalesce: true, oldValues: true, signal: stop.signal })) {
        events.push(event);
        if (event.kind === "snapshot") {
          for (let i = 1; i <= count; i++) await store.setVariable("s", "temperature", i / 100);
          await store.setVariable("s", "model", "claude-3");
        }
        if (event.kind === "changes" && event.changes.some((change) => change.name === "model")) stop.abort();
      }
      const changes = events.filter((event) => event.kind === "changes");
      // Over a network the connection's buffers may take it all before the reader is behind.
      expect(changes.length).toBeLessThanOrEqual(count + 1);
      for (const { changes: merged } of changes) expect(new Set(merged.map(({ id }) => id)).size).toBe(merged.length);
      const last = new Map(changes.flatMap((event) => event.changes).map((change) => [change.name, change.value]));
      expect(last).toEqual(
        new Map<string, unknown>([
          ["temperature", count / 100],
          ["model", "claude-3"],
        ]),
      );
    });

    test("a quiet watch says how far it is, never ahead of what it sent", async (context) => {
      if (bookmarkIntervalMs === undefined) return context.skip("this store's bookmarks come too seldom to wait for");
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s", { refs: ["model"] }));
      await watch.nextOf("snapshot");
      const { revision } = await store.setVariable("s", "temperature", 0.1);
      let bookmark = await watch.nextOf("bookmark");
      while (bookmark.revision < revision) bookmark = await watch.nextOf("bookmark");
      await watch.close();
      await store.setVariable("s", "model", "claude-3");
      const resumed = readWatch(store.watch("s", { refs: ["model"] }, { after: bookmark.token }));
      expect(brief(await resumed.nextOf("changes"))).toEqual(["updated model claude-3"]);
      await resumed.close();
    });
  });
}
