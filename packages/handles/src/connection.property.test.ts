import { type ErrorReason, reasonCodes, StoreError } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transition } from "./connection.ts";
import { type ConnectionInput, type ConnectionOutput, initialConnection } from "./connection-state.ts";
import { errorOf, statusOf } from "./connection-status.ts";

const reasons = Object.keys(reasonCodes) as ErrorReason[];
const errors = fc
  .record({ reason: fc.constantFrom(...reasons), retryAfterMs: fc.option(fc.nat(60_000), { nil: undefined }) })
  .map(({ reason, retryAfterMs }) => {
    const details = retryAfterMs === undefined ? {} : { retryAfterMs };
    return new StoreError({ reason, message: reason, details } as ConstructorParameters<typeof StoreError>[0]);
  });

const inputs: fc.Arbitrary<ConnectionInput> = fc.oneof(
  fc.constantFrom<ConnectionInput>(
    { kind: "open" },
    { kind: "stream-ended" },
    { kind: "liveness-timeout" },
    { kind: "retry-due" },
  ),
  fc.string().map((token): ConnectionInput => ({ kind: "event-received", token })),
  errors.map((error): ConnectionInput => ({ kind: "stream-failed", error })),
  fc
    .constantFrom("session_deleted", "session_expired", "session_recreated")
    .map((cause): ConnectionInput => ({ kind: "session-ended", session: "s", cause })),
  fc.constantFrom<ConnectionInput>({ kind: "open" }, { kind: "retry-due" }, { kind: "close" }),
);

const programs = fc.array(inputs, { maxLength: 60 });

/** What a shell that obeys the machine has open and running. */
interface Shell {
  stream: boolean;
  retry: boolean;
}

function obey(shell: Shell, output: ConnectionOutput): void {
  switch (output.kind) {
    case "connect":
      expect(shell.stream, "one stream at a time").toBe(false);
      shell.stream = true;
      return;
    case "disconnect":
      shell.stream = false;
      return;
    case "retry-later":
      shell.retry = true;
      return;
    case "cancel-timers":
      shell.retry = false;
      return;
    case "expect-event":
      return;
  }
}

/** Whether an input can happen to such a shell; it also uses up what makes it possible only once. */
function happens(shell: Shell, input: ConnectionInput): boolean {
  switch (input.kind) {
    case "open":
    case "close":
      return true;
    case "retry-due": {
      const due = shell.retry;
      shell.retry = false;
      return due;
    }
    case "stream-failed":
    case "stream-ended": {
      const open = shell.stream;
      shell.stream = false;
      return open;
    }
    default:
      return shell.stream;
  }
}

describe("the connection machine, over random inputs", () => {
  it("takes any input in any state, and stays closed once closed", () => {
    fc.assert(
      fc.property(programs, (program) => {
        let state = initialConnection;
        let closed = false;
        for (const input of program) {
          state = transition(state, input).state;
          closed ||= input.kind === "close";
          expect(state.kind === "closed").toBe(closed);
        }
      }),
    );
  });

  it("always leaves a way on: one stream that is open, a retry that is due, or a word for the program", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const shell: Shell = { stream: false, retry: false };
        let state = initialConnection;
        for (const input of program) {
          if (!happens(shell, input)) continue;
          const next = transition(state, input);
          state = next.state;
          for (const output of next.outputs) obey(shell, output);
          expect(shell).toEqual({
            stream: ["connecting", "live", "stale"].includes(state.kind),
            retry: state.kind === "backing-off",
          });
          if (state.kind === "failed") expect(errorOf(state)).toBeInstanceOf(StoreError);
        }
      }),
    );
  });

  it("never both ensures a session and resumes an old stream of it", () => {
    fc.assert(
      fc.property(programs, (program) => {
        let state = initialConnection;
        for (const input of program) {
          const next = transition(state, input);
          state = next.state;
          for (const output of next.outputs) {
            if (output.kind === "connect") expect(output.provision).toBe(output.after === undefined);
          }
        }
      }),
    );
  });

  it("resumes from the newest token there is, or from none", () => {
    fc.assert(
      fc.property(programs, (program) => {
        let state = initialConnection;
        let newest: string | undefined;
        for (const input of program) {
          const listening = ["connecting", "live", "stale"].includes(state.kind);
          if (input.kind === "event-received" && listening) newest = input.token;
          const next = transition(state, input);
          state = next.state;
          for (const output of next.outputs) {
            if (output.kind === "connect" && output.after !== undefined) expect(output.after).toBe(newest);
          }
        }
      }),
    );
  });

  it("is ready exactly while events arrive, and never connecting again once it was", () => {
    fc.assert(
      fc.property(programs, (program) => {
        let state = initialConnection;
        let wasReady = false;
        for (const input of program) {
          state = transition(state, input).state;
          expect(statusOf(state) === "ready").toBe(state.kind === "live");
          wasReady ||= state.kind === "live";
          if (wasReady) expect(statusOf(state)).not.toBe("connecting");
        }
      }),
    );
  });
});
