import { Code } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { createMemoryGuard, defaultMemoryBytes } from "./memory-guard.ts";

/** A guard over a thousand bytes, whose memory and clock are set by hand. */
function open() {
  const memory = { live: 0, garbage: 0 };
  let now = 0;
  let collections = 0;
  const guard = createMemoryGuard(1000, {
    used: () => memory.live + memory.garbage,
    collect() {
      memory.garbage = 0;
      collections++;
    },
    now: () => now,
  });
  const call = (name: string) => guard({ method: { name } });
  return { memory, call, pass: (ms: number) => (now += ms), collections: () => collections };
}

test("calls pass while there is memory, and what is garbage counts against nobody", () => {
  const { memory, call, collections } = open();
  memory.live = 1000;
  memory.garbage = 1;
  call("SetVariable");
  expect(collections()).toBe(1);
});

test("calls that need more are refused while there is none, and others are not", () => {
  const { memory, call, pass } = open();
  memory.live = 1001;
  const refused = expect.objectContaining({ code: Code.ResourceExhausted, message: expect.stringContaining("1001") });
  for (const name of ["SetVariable", "CreateSession", "WatchVariables", "ImportVariables"]) {
    expect(() => call(name)).toThrow(refused);
  }
  for (const name of ["GetVariable", "ListSessions", "DeleteSession", "Check", "Watch"]) call(name);
  memory.live = 1000;
  pass(100);
  call("SetVariable");
});

test("what is looked at is looked at seldom, and collected more seldom", () => {
  const { memory, call, pass, collections } = open();
  call("SetVariable");
  memory.live = 2000;
  call("SetVariable");
  for (let i = 0; i < 30; i++) {
    pass(100);
    expect(() => call("SetVariable")).toThrow();
  }
  expect(collections()).toBe(2);
});

describe("what may be used unless said otherwise", () => {
  const MiB = 2 ** 20;
  const of = (heap: number, machine: number, ...flags: string[]) =>
    Math.round(defaultMemoryBytes({ heapBytes: heap * MiB, machineBytes: machine * MiB, flags }) / MiB);

  test("is what the heap keeps for what lives on, however small that was set", () => {
    expect(of(4288, 16_000)).toBe(3859);
    // V8 adds what the young generation may take at most.
    expect(of(256, 2000, "--max-old-space-size=64")).toBe(58);
    expect(of(704, 2000, "--no-warnings", "--max_old_space_size=512")).toBe(461);
    expect(of(704, 2000, "--max-old-space-size=64", "--max-old-space-size=512")).toBe(461);
    expect(of(392, 2000, "--max-old-space-size-percentage=10")).toBe(180);
  });

  test("leaves room in a small container for what is beside the heap", () => {
    expect(of(259, 512)).toBe(233);
    expect(of(259, 384)).toBe(158);
    expect(of(259, 128)).toBe(58);
  });
});
