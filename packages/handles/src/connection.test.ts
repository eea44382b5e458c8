import { type StoreError, storeError } from "@trimtab/core";
import { describe, expect, it } from "vitest";
import { connectionTable, type InputKind, type StateKind, type Transition, transition } from "./connection.ts";
import { type ConnectionInput, type ConnectionState, initialConnection } from "./connection-state.ts";

const unavailable = storeError("unavailable", "no route", {});
const session = "assistant";

const states: { readonly [K in StateKind]: Extract<ConnectionState, { kind: K }> } = {
  idle: { kind: "idle" },
  connecting: { kind: "connecting", wasLive: true, failures: 1, provision: false, after: "t1" },
  live: { kind: "live", after: "t1" },
  stale: { kind: "stale", after: "t1" },
  "backing-off": { kind: "backing-off", wasLive: true, failures: 2, provision: false, after: "t1", error: unavailable },
  failed: { kind: "failed", wasLive: true, failures: 1, provision: true, error: unavailable },
  closed: { kind: "closed" },
};

const inputs: { readonly [K in InputKind]: Extract<ConnectionInput, { kind: K }> } = {
  open: { kind: "open" },
  "event-received": { kind: "event-received", token: "t2" },
  "session-ended": { kind: "session-ended", session, cause: "session_expired" },
  "stream-failed": { kind: "stream-failed", error: unavailable },
  "stream-ended": { kind: "stream-ended" },
  "liveness-timeout": { kind: "liveness-timeout" },
  "retry-due": { kind: "retry-due" },
  close: { kind: "close" },
};

/** Where each input leads, written out a second time and by hand. `=` stands for no change and nothing to do. */
const expected: { readonly [S in StateKind]: { readonly [I in InputKind]: StateKind | "=" } } = {
  idle: {
    open: "connecting",
    "event-received": "=",
    "session-ended": "=",
    "stream-failed": "=",
    "stream-ended": "=",
    "liveness-timeout": "=",
    "retry-due": "=",
    close: "closed",
  },
  connecting: {
    open: "=",
    "event-received": "live",
    "session-ended": "connecting",
    "stream-failed": "backing-off",
    "stream-ended": "backing-off",
    "liveness-timeout": "backing-off",
    "retry-due": "=",
    close: "closed",
  },
  live: {
    open: "=",
    "event-received": "live",
    "session-ended": "connecting",
    "stream-failed": "backing-off",
    "stream-ended": "backing-off",
    "liveness-timeout": "stale",
    "retry-due": "=",
    close: "closed",
  },
  stale: {
    open: "=",
    "event-received": "live",
    "session-ended": "connecting",
    "stream-failed": "backing-off",
    "stream-ended": "backing-off",
    "liveness-timeout": "backing-off",
    "retry-due": "=",
    close: "closed",
  },
  "backing-off": {
    open: "connecting",
    "event-received": "=",
    "session-ended": "=",
    "stream-failed": "=",
    "stream-ended": "=",
    "liveness-timeout": "=",
    "retry-due": "connecting",
    close: "closed",
  },
  failed: {
    open: "connecting",
    "event-received": "=",
    "session-ended": "=",
    "stream-failed": "=",
    "stream-ended": "=",
    "liveness-timeout": "=",
    "retry-due": "=",
    close: "closed",
  },
  closed: {
    open: "=",
    "event-received": "=",
    "session-ended": "=",
    "stream-failed": "=",
    "stream-ended": "=",
    "liveness-timeout": "=",
    "retry-due": "=",
    close: "=",
  },
};

const cells = Object.values(states).flatMap((state) => Object.values(inputs).map((input) => ({ state, input })));

describe("the transition table", () => {
  it("has a cell for every state and every input, and no more", () => {
    expect(Object.keys(connectionTable).sort()).toEqual(Object.keys(states).sort());
    for (const row of Object.values(connectionTable))
      expect(Object.keys(row).sort()).toEqual(Object.keys(inputs).sort());
    expect(cells).toHaveLength(56);
  });

  it.each(cells)("leads from $state.kind by $input.kind to the right state", ({ state, input }) => {
    const next = transition(state, input);
    const wanted = expected[state.kind][input.kind];
    if (wanted === "=") expect(next).toEqual({ state, outputs: [] });
    else expect(next.state.kind).toBe(wanted);
  });
});

/** Runs inputs through the machine and gives the last step. */
const after = (state: ConnectionState, ...steps: ConnectionInput[]): Transition =>
  steps.reduce<Transition>((now, input) => transition(now.state, input), { state, outputs: [] });

const failure = (error: StoreError = unavailable): ConnectionInput => ({ kind: "stream-failed", error });

describe("opening", () => {
  it("ensures the session first", () => {
    expect(after(initialConnection, inputs.open)).toEqual({
      state: { kind: "connecting", wasLive: false, failures: 0, provision: true },
      outputs: [{ kind: "connect", provision: true }],
    });
  });

  it("keeps trying where the store cannot be reached, and still has to ensure the session", () => {
    expect(after(initialConnection, inputs.open, failure())).toEqual({
      state: { kind: "backing-off", wasLive: false, failures: 1, provision: true, error: unavailable },
      outputs: [{ kind: "cancel-timers" }, { kind: "retry-later", failures: 1, notBeforeMs: 0 }],
    });
    expect(after(initialConnection, inputs.open, failure(), inputs["retry-due"]).outputs).toEqual([
      { kind: "connect", provision: true },
    ]);
  });

  it.each([
    storeError("session_not_found", "no such session", { session }),
    storeError("session_expired", "too late", { session }),
    storeError("not_found", "no such variable", { resource: "variable", id: "x" }),
    storeError("invalid_type", "is of type string", { type: "string" }),
    storeError("access_denied", "not yours", { session, permission: "read" }),
    storeError("unauthenticated", "who are you?", {}),
    storeError("invalid_argument", "bad id", { field: "id" }),
  ])("gives up on $reason", (error) => {
    expect(after(initialConnection, inputs.open, failure(error))).toMatchObject({
      state: { kind: "failed", error },
      outputs: [{ kind: "cancel-timers" }],
    });
  });
});

describe("a live connection", () => {
  it("remembers the newest token and measures silence from each event", () => {
    expect(after(states.live, { kind: "event-received", token: "t9" })).toEqual({
      state: { kind: "live", after: "t9" },
      outputs: [{ kind: "expect-event" }],
    });
  });

  it("goes on from its token after a break", () => {
    const broken = after(states.live, failure());
    expect(broken.state).toMatchObject({ kind: "backing-off", failures: 1, provision: false, after: "t1" });
    expect(after(broken.state, inputs["retry-due"]).outputs).toEqual([
      { kind: "connect", provision: false, after: "t1" },
    ]);
  });

  it("replaces a silent stream at once, from its token", () => {
    expect(after(states.live, inputs["liveness-timeout"]).outputs).toEqual([
      { kind: "disconnect", error: expect.objectContaining({ code: "deadline_exceeded" }) },
      { kind: "connect", provision: false, after: "t1" },
    ]);
  });

  it("backs off where the replacement is silent too", () => {
    const next = after(states.live, inputs["liveness-timeout"], inputs["liveness-timeout"]);
    expect(next.state).toMatchObject({ kind: "backing-off", failures: 1, error: { reason: "deadline_exceeded" } });
    expect(next.outputs[0]).toEqual({ kind: "disconnect", error: "error" in next.state && next.state.error });
  });

  it("counts failures in a row and starts from one after a success", () => {
    const failing = [failure(), inputs["retry-due"], failure(), inputs["retry-due"], failure()];
    expect(after(states.live, ...failing).state).toMatchObject({ failures: 3 });
    expect(
      after(states.live, ...failing, inputs["retry-due"], inputs["event-received"], failure()).state,
    ).toMatchObject({
      failures: 1,
    });
  });

  it("waits at least as long as it is asked to", () => {
    const busy = storeError("unavailable", "restarting", { retryAfterMs: 5000 });
    expect(after(states.live, failure(busy)).outputs).toContainEqual({
      kind: "retry-later",
      failures: 1,
      notBeforeMs: 5000,
    });
    const limited = storeError("limit_exceeded", "slow down", { field: "rate", limit: 1, value: 2, retryAfterMs: 70 });
    expect(after(states.live, failure(limited)).outputs).toContainEqual({
      kind: "retry-later",
      failures: 1,
      notBeforeMs: 70,
    });
  });

  it.each(["session_not_found", "session_expired"] as const)("ensures the session again at once after %s", (reason) => {
    const gone = storeError(reason, "gone", { session });
    const next = after(states.live, failure(gone));
    expect(next.state).toMatchObject({ kind: "connecting", wasLive: true, provision: true, error: gone });
    expect(next.outputs).toContainEqual({ kind: "connect", provision: true });
    const again = after(next.state, failure(gone));
    expect(again.state).toMatchObject({ kind: "backing-off", failures: 2, provision: true });
    expect(again.state).not.toHaveProperty("after");
  });

  it("tries again after a variable went missing while nobody watched", () => {
    const missing = storeError("not_found", "no such variable", { resource: "variable", id: "x" });
    expect(after(states.live, failure(missing)).state).toMatchObject({
      kind: "backing-off",
      after: "t1",
      provision: false,
    });
  });

  it("tries once more where the caller is no longer known, and not twice", () => {
    const expired = failure(storeError("unauthenticated", "expired", {}));
    const again = after(states.live, expired);
    expect(again.state).toMatchObject({ kind: "backing-off", failures: 1, after: "t1" });
    expect(after(again.state, inputs["retry-due"], expired).state.kind).toBe("failed");
    expect(after(states.live, failure(), inputs["retry-due"], expired).state.kind).toBe("failed");
  });

  it("gives up where the same request would meet the same refusal, and begins anew when told to", () => {
    const denied = storeError("access_denied", "not yours", { session, permission: "observe" });
    const stopped = after(states.live, failure(denied));
    expect(stopped).toMatchObject({ state: { kind: "failed", error: denied }, outputs: [{ kind: "cancel-timers" }] });
    expect(after(stopped.state, inputs.open)).toEqual({
      state: { kind: "connecting", wasLive: true, failures: 0, provision: true, error: denied },
      outputs: [{ kind: "connect", provision: true }],
    });
  });
});

describe("the end of a session", () => {
  it.each(["session_expired", "session_recreated"] as const)("is followed by a fresh start after %s", (cause) => {
    const next = after(states.live, { kind: "session-ended", session, cause });
    expect(next.state).toMatchObject({ kind: "connecting", provision: true });
    expect(next.state).not.toHaveProperty("after");
    expect(next.outputs).toEqual([{ kind: "disconnect" }, { kind: "connect", provision: true }]);
  });

  it("is final where somebody deleted it, until the program says otherwise", () => {
    const next = after(states.live, { kind: "session-ended", session, cause: "session_deleted" });
    expect(next.state).toMatchObject({ kind: "failed", error: { reason: "session_not_found" }, provision: true });
    expect(next.outputs).toEqual([{ kind: "disconnect" }, { kind: "cancel-timers" }]);
  });
});

describe("the program", () => {
  it("can cut a wait short", () => {
    expect(after(states["backing-off"], inputs.open).outputs).toEqual([
      { kind: "cancel-timers" },
      { kind: "connect", provision: false, after: "t1" },
    ]);
  });

  it.each(Object.values(states).filter(({ kind }) => kind !== "idle" && kind !== "closed"))(
    "closes for good out of $kind",
    (state) => {
      const next = after(state, inputs.close);
      expect(next).toEqual({ state: { kind: "closed" }, outputs: [{ kind: "disconnect" }, { kind: "cancel-timers" }] });
      expect(after(next.state, inputs.open, inputs["event-received"]).state).toEqual({ kind: "closed" });
    },
  );
});
