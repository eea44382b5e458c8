import { openSession } from "@trimtab/client";
import type { Store } from "@trimtab/core";
import { describeSettings } from "./describe-settings.ts";
import { measureAccuracy } from "./measure-accuracy.ts";
import { results, sessionId, settings } from "./variables.ts";

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
  for await (const { values, revision } of app.latest({ signal })) {
    const started = performance.now();
    const accuracy = measureAccuracy(values);
    const tookMs = Math.round(performance.now() - started);
    print(`revision ${revision}: ${describeSettings(values)}: accuracy ${accuracy.toFixed(3)} in ${tookMs} ms`);
    await answers.set({ accuracy, tookMs, ofRevision: revision });
  }
}
