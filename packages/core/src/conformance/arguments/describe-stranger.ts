import { describe, expect, test } from "vitest";
import { isStoreError, type Store } from "../../index.ts";
import { closingAfterEach } from "../store/harness.ts";
import { prepareStoreCalls, stateOf, storeCalls } from "./store-calls.ts";

/** An empty store, and the same as it is seen by who may act as none of its sessions. */
export interface StrangerHarness {
  readonly store: Store;
  readonly stranger: Store;
  readonly close?: () => Promise<void>;
}

/**
 * Registers that every method that is about a session refuses who may not act as it with `access_denied`, whether that session is
 * there or not, and changes nothing. `open` gives a store for each test, which knows at least the type float.
 */
export function describeStranger(name: string, open: () => Promise<StrangerHarness>): void {
  describe(`who may act as no session: ${name}`, () => {
    const opened = closingAfterEach(open);
    const { listSessions: _, ...aboutOne } = storeCalls;
    test.each(Object.entries(aboutOne))("is refused %s", async (method, [session, ...rest]) => {
      const { store, stranger } = await opened();
      await prepareStoreCalls(store);
      const before = await stateOf(store);
      for (const first of typeof session === "string" ? [session, "nowhere"] : [session]) {
        const error = await failureOf(stranger[method as keyof Store], [first, ...rest]);
        expect(isStoreError(error, "access_denied"), `${method} as ${String(first)}: ${String(error)}`).toBe(true);
      }
      expect(await stateOf(store)).toEqual(before);
    });
  });
}

/** What a method fails with; `undefined` where it does not. */
async function failureOf(method: Store[keyof Store], args: readonly unknown[]): Promise<unknown> {
  const answer: unknown = (method as (...args: readonly unknown[]) => unknown)(...args);
  const made = typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
  const first = made ? (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]().next() : answer;
  return Promise.resolve(first).then(
    () => undefined,
    (error: unknown) => error,
  );
}
