import { type StoreError, storeError } from "@trimtab/core";
import { createBucketTable, type Rate } from "@trimtab/transport-connect";
import { addressGroup } from "./address-group.ts";
import type { Caller } from "./caller.ts";

/** Bounds how often callers of an address may show what is not valid. */
export interface GuessLimit {
  /**
   * Is asked before what a caller shows is looked at.
   *
   * @param recognise gives the caller where it is known without effort; one that was let in from this address before may go on
   * @throws StoreError `limit_exceeded` with `retryAfterMs` where too much was not valid
   */
  check(address: string, recognise: () => Caller | undefined): void;
  /** What was shown was not valid. */
  failed(address: string): void;
  /** This caller was let in. */
  passed(address: string, caller: Caller): void;
}

/** Addresses that are told apart; what comes from yet others counts together. */
const mostAddresses = 50_000;

/** Addresses of which it is remembered who was let in. */
const mostKnown = 10_000;

/**
 * Makes a limit. Addresses count as {@link addressGroup} has it. What was shown at once, and found wrong, is charged beyond what is left, so that
 * many tries at a time gain nothing.
 *
 * @param now a clock in milliseconds that never jumps
 */
export function createGuessLimit(rate: Rate, now: () => number): GuessLimit {
  const failures = createBucketTable(rate, now, { most: mostAddresses });
  const known = new Map<string, WeakSet<Caller>>();
  return {
    check(address, recognise) {
      // Where nothing was wrong lately, which is nearly always, nothing is worked out.
      if (failures.size === 0) return;
      const group = addressGroup(address);
      const waitMs = failures.wait(group);
      if (waitMs === 0) return;
      const caller = known.has(group) ? recognise() : undefined;
      if (caller === undefined || known.get(group)?.has(caller) !== true) throw tooMany(rate.perSecond, waitMs);
    },
    failed: (address) => failures.charge(addressGroup(address)),
    passed(address, caller) {
      const group = addressGroup(address);
      const callers = known.get(group);
      if (callers !== undefined) return void callers.add(caller);
      const [oldest] = known.keys();
      if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest);
      known.set(group, new WeakSet([caller]));
    },
  };
}

function tooMany(limit: number, retryAfterMs: number): StoreError<"limit_exceeded"> {
  const message = `too much that was not valid has come from this address: try again in ${retryAfterMs} ms`;
  const details = { field: "failed_authentications_per_second", limit, value: limit + 1, retryAfterMs };
  return storeError("limit_exceeded", message, details);
}
