import { describe, expect, test } from "vitest";
import { describePace } from "./describe-pace.ts";
import { brief, collectValues, type OpenStore, openSample, readWatch, rejection, type StoreFacts } from "./harness.ts";

/** A turn of the event loop, without which a log on disk could never answer. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Registers what a store promises of watches: order, no gap, no duplicate, and going on from a token. */
export function describeWatching(open: OpenStore, facts: StoreFacts): void {
  describeEvents(open);
  describeResuming(open, facts);
  describePace(open, facts);
}

function describeEvents(open: OpenStore): void {
  describe("watching", () => {
    test("begins with the values there are and goes on with each change", async () => {
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s"));
      const snapshot = await watch.nextOf("snapshot");
      expect(snapshot.variables.map((variable) => [variable.name, variable.value])).toEqual([
        ["temperature", 0.7],
        ["model", "gpt-4"],
      ]);
      const metadata = { reason: "colder" };
      const receipt = await store.setVariable("s", "temperature", 0.2, { metadata, actor: "ada" });
      const event = await watch.nextOf("changes");
      expect(event).toMatchObject({
        revision: receipt.revision,
        atMs: receipt.updatedAtMs,
        actor: "ada",
        origin: "typescript",
        coalesced: false,
      });
      expect(event.changes).toEqual([
        {
          kind: "updated",
          id: receipt.id,
          name: "temperature",
          version: 1,
          value: 0.2,
          payload: { kind: "number", value: 0.2 },
          metadata,
        },
      ]);
      await watch.close();
    });

    test("tells a whole commit at once", async () => {
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s"));
      await watch.nextOf("snapshot");
      await store.setVariables("s", { temperature: 1, model: "claude-3" });
      expect(brief(await watch.nextOf("changes"))).toEqual(["updated temperature 1", "updated model claude-3"]);
      await watch.close();
    });

    test("covers refs, globs, and what comes later under them", async () => {
      const { store } = await openSample(open);
      await rejection(readWatch(store.watch("s", { refs: ["temperature", "nope"] })).next(), "not_found");
      await rejection(readWatch(store.watch("s", { pattern: "s/*" })).next(), "invalid_argument");
      const byRef = readWatch(store.watch("s", { refs: ["temperature"] }));
      const byGlob = readWatch(store.watch("s", { pattern: "t*" }));
      for (const watch of [byRef, byGlob]) expect((await watch.nextOf("snapshot")).variables).toHaveLength(1);
      await store.setVariable("s", "model", "claude-3");
      await store.registerVariable("s", { name: "top_k", type: "integer", value: 5 });
      await store.setVariables("s", { temperature: 0.3, model: "gpt-4" });
      expect(brief(await byRef.nextOf("changes"))).toEqual(["updated temperature 0.3"]);
      const registered = await byGlob.nextOf("changes");
      expect(brief(registered)).toEqual(["registered top_k 5"]);
      expect(registered.changes[0]?.variable).toMatchObject({ name: "top_k", type: "integer" });
      expect(brief(await byGlob.nextOf("changes"))).toEqual(["updated temperature 0.3"]);
      await Promise.all([byRef.close(), byGlob.close()]);
    });

    test("a name is followed through deletion and registration", async () => {
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s", { refs: ["temperature"] }));
      await watch.nextOf("snapshot");
      await store.deleteVariable("s", "temperature");
      await store.registerVariable("s", { name: "temperature", type: "float", value: 9 });
      expect(brief(await watch.nextOf("changes"))).toEqual(["deleted temperature 0.7"]);
      expect(brief(await watch.nextOf("changes"))).toEqual(["registered temperature 9"]);
      await watch.close();
    });

    test("gives old values and changed surroundings where asked", async () => {
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s", {}, { oldValues: true, initialValues: false }));
      await store.touchSession("s");
      expect((await watch.next()).kind).toBe("bookmark");
      await store.setVariable("s", "temperature", 0.2);
      await store.updateVariable("s", "temperature", { description: "how free" });
      expect((await watch.nextOf("changes")).changes[0]).toMatchObject({ value: 0.2, oldValue: 0.7 });
      const changed = (await watch.nextOf("changes")).changes[0];
      expect(changed).toMatchObject({ kind: "changed", variable: { description: "how free" } });
      await watch.close();
    });

    test("gives no old values to those who did not ask, beside those who did", async () => {
      const { store } = await openSample(open);
      const asked = [true, false, true];
      const watches = asked.map((oldValues) => readWatch(store.watch("s", {}, { oldValues })));
      for (const watch of watches) await watch.nextOf("snapshot");
      await store.setVariable("s", "temperature", 0.2);
      for (const [index, watch] of watches.entries()) {
        const [change] = (await watch.nextOf("changes")).changes;
        expect(change).toMatchObject({ value: 0.2 });
        expect(change && "oldValue" in change).toBe(asked[index]);
        await watch.close();
      }
    });

    test("the end of the session is told, after the end of each variable", async () => {
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s"));
      const idle = readWatch(store.watch("s", { pattern: "nothing*" }));
      await watch.nextOf("snapshot");
      await idle.nextOf("snapshot");
      await store.deleteSession("s");
      expect(brief(await watch.nextOf("changes"))).toEqual(["deleted temperature 0.7", "deleted model gpt-4"]);
      for (const each of [watch, idle]) {
        expect(await each.nextOf("ended")).toMatchObject({ cause: "session_deleted" });
        await expect(each.next()).rejects.toThrow("ended");
      }
    });

    test("ends on request, also while it waits", async () => {
      const { store } = await openSample(open);
      const stop = new AbortController();
      const seen: string[] = [];
      for await (const event of store.watch("s", {}, { signal: stop.signal })) {
        seen.push(event.kind);
        setImmediate(() => stop.abort());
      }
      expect(seen).toEqual(["snapshot"]);
      const iterator = store.watch("s")[Symbol.asyncIterator]();
      await iterator.next();
      const waiting = iterator.next();
      await iterator.return?.();
      expect((await waiting).done).toBe(true);
    });
  });
}

function describeResuming(open: OpenStore, { historyCommits }: StoreFacts): void {
  describe("resuming", () => {
    test("from every revision gives no gap and no duplicate", async () => {
      const { store } = await openSample(open);
      const first = readWatch(store.watch("s"));
      const tokens = [(await first.nextOf("snapshot")).token];
      for (let i = 1; i <= 12; i++) {
        await store.setVariable("s", "temperature", i / 10);
        tokens.push((await first.nextOf("changes")).token);
      }
      await first.close();
      for (const [seen, after] of tokens.slice(0, -1).entries()) {
        const values = await collectValues(store, { after }, 12 - seen);
        expect(values).toEqual(Array.from({ length: 12 - seen }, (_, i) => (seen + 1 + i) / 10));
      }
    });

    test("while writes go on loses nothing", async () => {
      const { store } = await openSample(open);
      const seen: number[] = [];
      // The first value, 0.7, is of no write.
      const writesSeen = () => (seen.at(-1) === 0.7 ? 0 : Math.round(100 * (seen.at(-1) ?? 0)));
      const writes = (async () => {
        for (let i = 1; i <= 40; i++) {
          await store.setVariable("s", "temperature", i / 100);
          // A reader that is outrun by more than is kept starts over, which is another matter.
          do await turn();
          while (i - writesSeen() > 10);
        }
      })();
      let after: string | undefined;
      while (seen.at(-1) !== 0.4) {
        const watch = readWatch(store.watch("s", {}, after === undefined ? {} : { after }));
        const event = await watch.next();
        after = event.token;
        if (event.kind === "snapshot")
          seen.push(...event.variables.filter((v) => v.name === "temperature").map((v) => Number(v.value)));
        if (event.kind === "changes") seen.push(...event.changes.map((change) => Number(change.value)));
        await watch.close();
        if (event.kind === "bookmark") await turn();
      }
      await writes;
      const [start = 0] = seen;
      const expected = Array.from({ length: 40 }, (_, i) => (i + 1) / 100).filter(
        (value) => start === 0.7 || value > start,
      );
      expect(seen.slice(1)).toEqual(expected);
    });

    test("in another session of the same id starts over", async () => {
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s"));
      const { token } = await watch.nextOf("snapshot");
      await watch.close();
      await store.deleteSession("s");
      await store.createSession({ id: "s" });
      const resumed = readWatch(store.watch("s", {}, { after: token }));
      expect(await resumed.next()).toMatchObject({ kind: "reset", cause: "session_recreated", variables: [] });
      await resumed.close();
    });

    test("with something that is no token is refused", async () => {
      const { store } = await openSample(open);
      const error = await rejection(readWatch(store.watch("s", {}, { after: "nonsense" })).next(), "invalid_argument");
      expect(error.details.field).toBe("after");
    });

    test("behind what is kept gives a full view and says so", async (context) => {
      if (historyCommits === undefined) return context.skip("this store keeps more than can be outrun");
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s", { refs: ["temperature"] }));
      const { token } = await watch.nextOf("snapshot");
      await watch.close();
      for (let i = 1; i <= 4 * historyCommits; i++) await store.setVariable("s", "temperature", (i % 20) / 10);
      const resumed = readWatch(store.watch("s", { refs: ["temperature"] }, { after: token }));
      const reset = await resumed.next();
      const { value } = await store.getVariable("s", "temperature");
      expect(reset).toMatchObject({
        kind: "reset",
        cause: "history_lost",
        variables: [{ name: "temperature", value }],
      });
      await store.setVariable("s", "temperature", 1.9);
      expect(brief(await resumed.nextOf("changes"))).toEqual(["updated temperature 1.9"]);
      await resumed.close();
    });
  });
}
