import type { Commit } from "@trimtab/core";
import { expect, test } from "vitest";
import { everyEvent } from "../test-parts/every-event.ts";
import { noteOfCommit } from "./commit-note.ts";

test("a commit's note tells every kind of event once, and the first names", () => {
  const { actor, kind, subject } = noteOfCommit(everyEvent);
  expect(actor).toBe(everyEvent.actor);
  expect(kind.split(", ")).toEqual([...new Set(everyEvent.events.map((event) => event.kind))]);
  expect(subject).toMatch(/^[^,]+(, [^,]+){4} and \d+ more$/);
});

test("a commit about one variable names it, and one about its session names nothing", () => {
  const of = (events: Commit["events"]) => noteOfCommit({ ...everyEvent, events });
  const set = everyEvent.events.filter((event) => event.kind === "variable-set").slice(0, 1);
  expect(of([...set, ...set])).toMatchObject({ kind: "variable-set", subject: set[0]?.name });
  const deleted = everyEvent.events.filter((event) => event.kind === "session-deleted");
  const grant = { variable: "v", name: "x", permission: "write", rule: "r", sessionWide: false } as const;
  const granted = noteOfCommit({ ...everyEvent, events: set, grants: [grant, { ...grant, permission: "read" }] });
  expect(granted.subject).toBe(`${set[0]?.name} (by rule r)`);
  expect(of(deleted)).toMatchObject({ kind: "session-deleted", subject: "" });
});
