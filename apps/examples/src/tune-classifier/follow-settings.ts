import { type LiveSession, openSession } from "@trimtab/client";
import type { Store } from "@trimtab/core";
import { describeSettings } from "./describe-settings.ts";
import { measureAccuracy } from "./measure-accuracy.ts";
import { results, type Settings, sessionId, settings } from "./variables.ts";

/** What {@link followSettings} takes beside the store. */
export interface FollowOptions {
  /** Hears that it has begun, and of each measurement. */
  readonly print: (line: string) => void;
  /** Ends it, after the measurement that is under way. */
  readonly signal: AbortSignal;
}

/**
 * Measures the present settings, and then every newer ones, until it is told to stop. What is set while it is busy waits,
 * and only the newest is measured. Each result goes into the session together with the revision of its settings.
 */
export async function followSettings(store: Store, { print, signal }: FollowOptions): Promise<void> {
  await using app = await openSession(store, sessionId, settings, { actor: "worker", signal });
  await using answers = await openSession(store, sessionId, results, { actor: "worker", signal });
  print("following the settings");
  for await (const { values, revision } of newest(app, signal)) {
    const started = performance.now();
    const accuracy = measureAccuracy(values);
    const tookMs = Math.round(performance.now() - started);
    print(`revision ${revision}: ${describeSettings(values)}: accuracy ${accuracy.toFixed(3)} in ${tookMs} ms`);
    await answers.set({ accuracy, tookMs, ofRevision: revision });
  }
}

/** The settings as they are, and then as they were after the latest commit since they were last taken. */
async function* newest(app: LiveSession<typeof settings>, signal: AbortSignal) {
  let next: { values: Settings; revision: number } | undefined = { values: app.values, revision: app.revision };
  let wake = () => {};
  const stop = app.subscribe(([change]) => {
    if (change !== undefined) next = { values: app.values, revision: change.revision };
    wake();
  });
  const end = () => wake();
  signal.addEventListener("abort", end);
  try {
    while (!signal.aborted) {
      const taken = next;
      next = undefined;
      if (taken !== undefined) yield taken;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener("abort", end);
    stop();
  }
}
