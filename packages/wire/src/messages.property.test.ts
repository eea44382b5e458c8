import { toBinary } from "@bufbuild/protobuf";
import { type ChangesEvent, createVariable, emptyRecord, type Payload, type WatchEvent } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProgramSchema, SessionSchema } from "./gen/trimtab/v1/session_pb.ts";
import { VariableSchema } from "./gen/trimtab/v1/variable_pb.ts";
import { WatchVariablesResponseSchema } from "./gen/trimtab/v1/watch_pb.ts";
import { fromWireProgram, toWireProgram } from "./program.ts";
import { fromWireSession, toWireSession } from "./session.ts";
import { change, origin, record, text, timeMs, variable, whole } from "./test-parts/arbitraries.ts";
import { throughBinary, throughJson } from "./test-parts/through-the-wire.ts";
import { fromWireVariable, toWireVariable } from "./variable.ts";
import { toWireWatchEvent, viewPartBytes } from "./watch-event.ts";
import { createWatchJoin } from "./watch-join.ts";

test("a variable comes back exactly, and its message is made once", () => {
  fc.assert(
    fc.property(variable, (each) => {
      expect(fromWireVariable(throughBinary(VariableSchema, toWireVariable(each)))).toEqual(each);
      expect(fromWireVariable(throughJson(VariableSchema, toWireVariable(each))).id).toBe(each.id);
      expect(toWireVariable(each)).toBe(toWireVariable(each));
    }),
  );
});

test("a session comes back exactly", () => {
  const stats = fc.record({
    variableCount: whole,
    programCount: whole,
    totalVariableUpdates: whole,
    totalItems: whole,
    ageMs: fc.nat(),
    timeSinceAccessMs: fc.nat(),
  });
  const session = fc.record({
    id: text,
    epoch: text,
    revision: whole,
    metadata: record,
    createdAtMs: timeMs,
    lastAccessedAtMs: timeMs,
    ttlMs: fc.nat(),
    stats,
  });
  fc.assert(
    fc.property(session, (each) => {
      expect(fromWireSession(throughBinary(SessionSchema, toWireSession(each)))).toEqual(each);
    }),
  );
});

test("a program comes back exactly", () => {
  const program = fc.record({ id: text, body: record, createdAtMs: timeMs, updatedAtMs: timeMs });
  fc.assert(
    fc.property(program, (each) => {
      expect(fromWireProgram(throughBinary(ProgramSchema, toWireProgram(each)))).toEqual(each);
    }),
  );
});

describe("watch events", () => {
  const at = { revision: whole, token: text.filter((token) => token !== "") };
  const event: fc.Arbitrary<WatchEvent> = fc.oneof(
    fc.record({ kind: fc.constant("snapshot" as const), ...at, variables: fc.array(variable, { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant("reset" as const),
      cause: fc.constantFrom("history_lost" as const, "session_recreated" as const, "access_changed" as const),
      ...at,
      variables: fc.array(variable, { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant("changes" as const),
      ...at,
      atMs: timeMs,
      actor: text,
      origin,
      coalesced: fc.boolean(),
      changes: fc.array(change, { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("bookmark" as const), ...at }),
    fc.record({
      kind: fc.constant("ended" as const),
      cause: fc.constantFrom("session_deleted" as const, "session_expired" as const),
      ...at,
    }),
  );

  test("come back exactly, in order", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 4 }), (events) => {
        const join = createWatchJoin();
        const messages = events.flatMap((each) => [...toWireWatchEvent(each)]);
        const back = messages.map((each) => join(throughBinary(WatchVariablesResponseSchema, each)));
        expect(back).toEqual(events);
      }),
    );
  });

  test("of one commit are made into a message once", () => {
    const changes: ChangesEvent = {
      kind: "changes",
      revision: 2,
      token: "t",
      atMs: 1,
      actor: "ada",
      origin: "python",
      coalesced: false,
      changes: [],
    };
    expect([...toWireWatchEvent(changes)][0]).toBe([...toWireWatchEvent(changes)][0]);
  });
});

describe("a large view", () => {
  const sized = (name: string, bytes: number) => {
    const held: Payload = { kind: "bytes", value: new Uint8Array(bytes) };
    return createVariable({ id: name, name, type: "blob", payload: held, createdAtMs: 0, metadata: emptyRecord });
  };

  test("comes in parts of about a mebibyte, each variable once, the token on the last", () => {
    const sizes = [400_000, 400_000, 400_000, 3_000_000, 10, 10, 900_000, 900_000];
    const variables = sizes.map((bytes, index) => sized(`v${index}`, bytes));
    const view: WatchEvent = { kind: "snapshot", revision: 7, token: "here", variables };
    const parts = [...toWireWatchEvent(view)];
    expect(parts.map((part) => part.token)).toEqual([...parts.slice(1).map(() => ""), "here"]);
    expect(parts.map((part) => part.revision)).toEqual(parts.map(() => 7n));
    for (const part of parts) {
      const one = part.event.case === "snapshot" && part.event.value.variables.length === 1;
      if (!one) expect(toBinary(WatchVariablesResponseSchema, part).byteLength).toBeLessThan(viewPartBytes);
    }
    const join = createWatchJoin();
    const joined = parts.map((part) => join(throughBinary(WatchVariablesResponseSchema, part)));
    expect(joined.slice(0, -1).every((each) => each === undefined)).toBe(true);
    expect(joined.at(-1)).toEqual(view);
  });

  test("counts metadata and constraints, which may be larger than the value", () => {
    const metadata = { note: "x".repeat(60_000) };
    const variables = Array.from({ length: 40 }, (_, index) => ({ ...sized(`v${index}`, 1), metadata }));
    const parts = [...toWireWatchEvent({ kind: "reset", cause: "history_lost", revision: 1, token: "t", variables })];
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      expect(toBinary(WatchVariablesResponseSchema, part).byteLength).toBeLessThan(viewPartBytes);
    }
  });

  test("that is empty is one message", () => {
    expect([...toWireWatchEvent({ kind: "snapshot", revision: 1, token: "t", variables: [] })]).toHaveLength(1);
  });

  test("is not interrupted by anything else", () => {
    const join = createWatchJoin();
    const [first] = [...toWireWatchEvent({ kind: "snapshot", revision: 1, token: "t", variables: [sized("a", 1)] })];
    if (first?.event.case !== "snapshot") return expect.fail("a snapshot is sent as one");
    join({ ...first, event: { case: "snapshot", value: { ...first.event.value, more: true } } });
    const [bookmark] = [...toWireWatchEvent({ kind: "bookmark", revision: 1, token: "t" })];
    if (bookmark === undefined) return expect.fail("a bookmark is sent");
    expect(() => join(bookmark)).toThrow(/in the middle of a view/);
  });
});
