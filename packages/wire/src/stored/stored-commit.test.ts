import { readFileSync } from "node:fs";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Commit, SessionEvent } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StoredCheckpointSchema, StoredCommitSchema, StoredEventSchema } from "../gen/trimtab/log/v1/commit_pb.ts";
import { origin, payload, record, text, timeMs, variable, whole } from "../test-parts/arbitraries.ts";
import { accessEvent, everyEvent, leaseEvent, wholeCheckpoint } from "../test-parts/every-event.ts";
import {
  decodeCheckpoint,
  decodeCommit,
  encodeCheckpoint,
  encodeCheckpointParts,
  encodeCommit,
  encodeCommitParts,
} from "./stored-commit.ts";
import { decodeSummary, encodeSummary } from "./stored-summary.ts";

const golden = (file: string) => readFileSync(new URL(`../test-parts/golden/${file}`, import.meta.url));

describe("a stored commit", () => {
  test("comes back exactly, whatever has happened", () => {
    expect(decodeCommit(encodeCommit(everyEvent))).toEqual(everyEvent);
    expect(decodeCommit(encodeCommit(accessEvent))).toEqual(accessEvent);
    expect(decodeCommit(encodeCommit(leaseEvent))).toEqual(leaseEvent);
    const kinds = StoredEventSchema.fields.map(({ localName }) => localName);
    const stored = [everyEvent, accessEvent, leaseEvent].flatMap((commit) =>
      fromBinary(StoredCommitSchema, encodeCommit(commit)).events.map(({ kind }) => kind.case),
    );
    expect(new Set(stored)).toEqual(new Set(kinds));
  });

  test("comes back with the call that it came by", () => {
    const peer = { address: "::1", userAgent: "x", protocol: "grpc" };
    const via = { principal: "ada", session: "s", action: "SetVariable", ...peer };
    expect(decodeCommit(encodeCommit({ ...everyEvent, via }))).toEqual({ ...everyEvent, via });
  });

  test("comes back with the rules that let it through", () => {
    const grant = { variable: "var_x_1", name: "x", permission: "write", rule: "r", sessionWide: true } as const;
    const grants = [grant, { ...grant, permission: "optimize", sessionWide: false } as const];
    expect(decodeCommit(encodeCommit({ ...everyEvent, grants }))).toEqual({ ...everyEvent, grants });
  });

  test("comes back with the names of what was leased", () => {
    const isTold = ({ kind }: SessionEvent) => kind === "optimization-started" || kind === "optimization-ended";
    const variables = [{ id: "var_x_1", name: "x" }];
    const events = leaseEvent.events
      .filter(isTold)
      .map((event): SessionEvent => ({ ...event, variables }) as SessionEvent);
    expect(events.length).toBeGreaterThan(1);
    expect(decodeCommit(encodeCommit({ ...leaseEvent, events }))).toEqual({ ...leaseEvent, events });
  });

  test("comes back exactly, whatever the values", () => {
    const commit: fc.Arbitrary<Commit> = fc.record({
      session: text,
      revision: whole,
      atMs: timeMs,
      actor: text,
      origin,
      metadata: record,
      events: fc.array(
        fc.oneof(
          fc.record({ kind: fc.constant("variable-set" as const), id: text, name: text, version: whole, payload }),
          fc.record({ kind: fc.constant("variable-changed" as const), variable }),
          fc.record({ kind: fc.constant("program-put" as const), id: text, body: record }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    });
    fc.assert(fc.property(commit, (each) => void expect(decodeCommit(encodeCommit(each))).toEqual(each)));
  });

  test("comes back with the names of variables whose dependencies are all that has changed", () => {
    const edge = { variable: "x", dependsOn: "y", name: "rate" };
    const events: SessionEvent[] = [
      { kind: "dependency-added", dependency: "data", metadata: {}, ...edge },
      { kind: "dependency-removed", ...edge },
    ];
    const commit = { ...everyEvent, events };
    expect(decodeCommit(encodeCommit(commit))).toEqual(commit);
  });

  test("is read in every format that was ever released", () => {
    expect(decodeCommit(golden("commit-format-1.bin"))).toEqual(everyEvent);
    expect(decodeCheckpoint(golden("checkpoint-format-1.bin"))).toEqual(wholeCheckpoint);
    expect(decodeCommit(golden("access-format-1.bin"))).toEqual(accessEvent);
    expect(decodeCommit(golden("lease-format-1.bin"))).toEqual(leaseEvent);
  });

  test("knows which numbers ids of deleted variables had", () => {
    const { session, history } = wholeCheckpoint;
    const checkpoint = { session: { ...session, deletedNumber: 5 }, history };
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  test("is refused where it is damaged, empty, or newer than this program", () => {
    const newer = fromBinary(StoredCommitSchema, encodeCommit(everyEvent));
    newer.format = 2;
    const reads = [
      [() => decodeCommit(toBinary(StoredCommitSchema, newer)), "is of format 2"],
      [() => decodeCommit(new Uint8Array()), "has no format"],
      [() => decodeCommit(encodeCommit(everyEvent).subarray(0, 50)), "cannot be read"],
      [() => decodeCheckpoint(new Uint8Array([255, 255])), "cannot be read"],
    ] as const;
    for (const [read, message] of reads) {
      expect(read).toThrow(expect.objectContaining({ reason: "data_loss", message: expect.stringContaining(message) }));
    }
  });

  test("never gives anything but a commit or data_loss, whatever the bytes", () => {
    const bytes = encodeCommit(everyEvent);
    const damage = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 5 }), (damages) => {
        const damaged = bytes.slice();
        for (const [at, byte] of damages) damaged[at] = byte;
        try {
          decodeCommit(damaged);
        } catch (error) {
          expect(error).toMatchObject({ reason: "data_loss" });
        }
      }),
    );
  });
});

describe("large values in what is stored", () => {
  const data = new Uint8Array(100_000).map((_, index) => index * 7);
  const large = { kind: "array", value: { dtype: "u8", shape: [100_000], data } } as const;

  test("are parts of a commit, shared with it, and come back", () => {
    const set = { kind: "variable-set", id: "s:v1", name: "weights", version: 3, payload: large } as const;
    const commit: Commit = { ...everyEvent, events: [...everyEvent.events, set, ...everyEvent.events] };
    const parts = encodeCommitParts(commit);
    expect(parts).toContain(data);
    expect(Buffer.concat(parts).equals(encodeCommit(commit))).toBe(true);
    expect(decodeCommit(Buffer.concat(parts))).toEqual(commit);
    expect(encodeCommitParts(everyEvent)).toHaveLength(1);
  });

  test("are parts of a checkpoint, shared with it, and come back", () => {
    const { session } = wholeCheckpoint;
    const variables = session.variables.map((each) => ({ ...each, payload: large, value: large.value }));
    const checkpoint = { ...wholeCheckpoint, session: { ...session, variables } };
    const parts = encodeCheckpointParts(checkpoint);
    expect(variables.length).toBeGreaterThan(0);
    expect(parts.filter((part) => part === data)).toHaveLength(variables.length);
    expect(decodeCheckpoint(Buffer.concat(parts))).toEqual(checkpoint);
    expect(Buffer.concat(parts).equals(encodeCheckpoint(checkpoint))).toBe(true);
  });
});

describe("a stored checkpoint", () => {
  test("comes back exactly", () => {
    expect(decodeCheckpoint(encodeCheckpoint(wholeCheckpoint))).toEqual(wholeCheckpoint);
    const stored = fromBinary(StoredCheckpointSchema, encodeCheckpoint(wholeCheckpoint));
    for (const { localName } of StoredCheckpointSchema.fields) expect(stored).toHaveProperty(localName);
  });
});

describe("a stored summary", () => {
  const summary = fc.record({
    id: text,
    status: fc.constantFrom("absent" as const, "live" as const, "deleted" as const, "expired" as const),
    epoch: text,
    revision: whole,
    createdAtMs: timeMs,
    ttlMs: whole,
    metadata: record,
    variableCount: whole,
    programCount: whole,
    totalVariableUpdates: whole,
    accessRevision: whole,
  });

  test("comes back exactly", () => {
    fc.assert(fc.property(summary, (each) => void expect(decodeSummary(encodeSummary(each))).toEqual(each)));
  });

  test("is read in every format that was ever released", () => {
    const metadata = { team: "x", sizes: [1, 2.5, 2n ** 60n] };
    expect(decodeSummary(golden("summary-format-1.bin"))).toEqual({
      id: "s",
      status: "live",
      epoch: "0123456789abcdef",
      revision: 7,
      createdAtMs: 1_760_000_000_000.25,
      ttlMs: 3_600_000,
      metadata,
      variableCount: 3,
      programCount: 1,
      totalVariableUpdates: 5,
      accessRevision: 0,
    });
  });

  test("is refused where it is no summary", () => {
    expect(() => decodeSummary(new Uint8Array([255]))).toThrow(expect.objectContaining({ reason: "data_loss" }));
  });
});
