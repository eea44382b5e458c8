import { describe, expect, test } from "vitest";
import type { Commit, SessionEvent } from "../commit.ts";
import { createSessionHistory } from "./session-history.ts";

const registered = (id: string, value: string): SessionEvent => ({
  kind: "variable-registered",
  id,
  number: 1,
  name: id,
  type: "string",
  payload: { kind: "string", value },
  constraints: {},
  metadata: {},
  description: "",
  readOnly: false,
});
const set = (id: string, version: number, value: string): SessionEvent => ({
  kind: "variable-set",
  id,
  name: id,
  version,
  payload: { kind: "string", value },
});
const commit = (revision: number, ...events: SessionEvent[]): Commit => ({
  session: "s",
  revision,
  atMs: revision * 1000,
  actor: "ada",
  origin: "typescript",
  metadata: { reason: `r${revision}` },
  events,
});

describe("the history of a session", () => {
  test("keeps the newest versions of each variable and no more", () => {
    const history = createSessionHistory({ versionsPerVariable: 3, valueBytes: 100 });
    history.apply(commit(1, registered("a", "0"), registered("b", "0")));
    for (let version = 1; version <= 5; version++) history.apply(commit(version + 1, set("a", version, `${version}`)));
    expect(history.versionsOf("a").map(({ version, value }) => [version, value])).toEqual([
      [3, "3"],
      [4, "4"],
      [5, "5"],
    ]);
    expect(history.versionsOf("b")).toHaveLength(1);
    expect(history.size).toBe(4);
    expect(history.versionsOf("a")[2]).toMatchObject({ updatedBy: "ada", revision: 6, metadata: { reason: "r6" } });
  });

  test("leaves large values to the log", () => {
    const history = createSessionHistory({ versionsPerVariable: 3, valueBytes: 10 });
    history.apply(commit(1, registered("a", "x".repeat(50))));
    const [version] = history.versionsOf("a");
    expect(version).toMatchObject({ version: 0, revision: 1 });
    expect(version).not.toHaveProperty("value");
    expect(version).not.toHaveProperty("payload");
  });

  test("forgets a variable that is deleted, and everything with the session", () => {
    const history = createSessionHistory({ versionsPerVariable: 3, valueBytes: 100 });
    history.apply(commit(1, registered("a", "0"), registered("b", "0")));
    history.apply(commit(2, { kind: "variable-deleted", id: "a", name: "a", version: 0 }));
    expect(history.versionsOf("a")).toEqual([]);
    expect(history.size).toBe(1);
    history.apply(commit(3, { kind: "session-deleted", cause: "session_deleted" }));
    expect(history.size).toBe(0);
  });

  test("goes on from what it was taken down as", () => {
    const options = { versionsPerVariable: 3, valueBytes: 100 };
    const history = createSessionHistory(options);
    history.apply(commit(1, registered("a", "0")));
    history.apply(commit(2, set("a", 1, "1")));
    const again = createSessionHistory(options, history.toEntries());
    history.apply(commit(3, set("a", 2, "2")));
    expect(again.versionsOf("a")).toHaveLength(2);
    again.apply(commit(3, set("a", 2, "2")));
    expect(again.toEntries()).toEqual(history.toEntries());
    expect(again.size).toBe(history.size);
  });

  test("is taken down as it is at that moment, to be gone through again and again", () => {
    const history = createSessionHistory({ versionsPerVariable: 2, valueBytes: 100 });
    history.apply(commit(1, registered("a", "0"), registered("b", "0")));
    history.apply(commit(2, set("a", 1, "1")));
    const taken = history.toEntries();
    const versions = () => Array.from(taken, ([id, kept]) => [id, kept.map(({ version }) => version)]);
    expect(versions()).toEqual([
      ["a", [0, 1]],
      ["b", [0]],
    ]);
    history.apply(commit(3, set("a", 2, "2"), set("b", 1, "1")));
    expect(versions()).toEqual([
      ["a", [0, 1]],
      ["b", [0]],
    ]);
  });

  test("says which version a rollback restored, in the words of the write", () => {
    const history = createSessionHistory({ versionsPerVariable: 5, valueBytes: 100 });
    history.apply(commit(1, registered("a", "0")));
    const event = set("a", 2, "0");
    if (event.kind === "variable-set") history.apply(commit(2, { ...event, rolledBackTo: 0 }));
    expect(history.versionsOf("a")[1]).toMatchObject({
      rolledBackTo: 0,
      metadata: { reason: "r2", rolled_back_from: 1, rolled_back_to: 0 },
    });
  });
});
