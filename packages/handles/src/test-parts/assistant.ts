import { type ErrorReason, isStoreError, type StoreError } from "@trimtab/core";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes, choice, float, integer } from "@trimtab/types";
import { afterEach, expect } from "vitest";
import type { ConnectionStatus, LiveSession } from "../index.ts";

/** The variables that most tests declare. */
export const assistant = {
  temperature: float({ min: 0, max: 2, default: 0.7 }),
  model: choice(["gpt-4", "claude-3"], { default: "gpt-4" }),
  maxTokens: integer({ min: 1, max: 4096, default: 256 }),
};

/** Gives functions that make things whose `close` is called after each test. */
export function closingAfterEach() {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });
  const closing = <T extends { close(): Promise<void> }>(each: T): T => {
    opened.push(each);
    return each;
  };
  return {
    closing,
    /** A store in this process, over a memory log of its own. */
    newStore: (): LocalStore => closing(createStore({ types: builtinTypes })),
  };
}

/** Resolves when a session has this status. */
export function status(app: Pick<LiveSession<never>, "status" | "onStatus">, wanted: ConnectionStatus): Promise<void> {
  if (app.status === wanted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = app.onStatus((now) => {
      if (now !== wanted) return;
      stop();
      resolve();
    });
  });
}

/** Expects a rejection of one reason and gives the error. */
export async function rejection<R extends ErrorReason>(promise: Promise<unknown>, reason: R): Promise<StoreError<R>> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (outcome === undefined) return expect.fail(`expected ${reason}, but it resolved`);
  if (!isStoreError(outcome.error, reason)) throw outcome.error;
  return outcome.error;
}

/** Gives what a function throws. */
export function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.fail("expected it to throw");
}
