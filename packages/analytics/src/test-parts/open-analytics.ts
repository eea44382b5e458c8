import type { AnalyticsStore, Store } from "@trimtab/core";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { onTestFinished } from "vitest";
import { type Analytics, type AnalyticsOptions, createAnalytics } from "../create-analytics.ts";

/** A store with a session `s`, its uses counted by a clock that a test moves. */
export interface OpenAnalytics {
  readonly store: LocalStore;
  /** The same store, with its uses counted. */
  readonly counted: Store;
  readonly analytics: AnalyticsStore;
  readonly made: Analytics;
  readonly time: { nowMs: number };
}

/** Midnight in UTC, so that hours of the day are those that a test moves the clock by. */
export const midnightMs = Date.parse("2026-03-01T00:00:00Z");

export async function openAnalytics(options: Partial<AnalyticsOptions> = {}): Promise<OpenAnalytics> {
  const time = { nowMs: midnightMs };
  const clock = { now: () => time.nowMs, elapsed: () => time.nowMs - midnightMs };
  const store = createStore({ types: builtinTypes, clock });
  onTestFinished(() => store.close());
  const made = createAnalytics({ readCommits: store.readCommits, clock, sampleEvery: 1, ...options });
  await store.createSession({ id: "s", ttlMs: 1e12 });
  return { store, counted: made.counting(store), analytics: made.of(store), made, time };
}
