import { fork } from "node:child_process";
import { once } from "node:events";
import type { Measured } from "../goals.ts";
import { scriptBeside } from "../script-beside.ts";
import type { Section } from "../section.ts";

/** What a section came to. */
export interface Outcome {
  readonly measured: Measured;
  /** Whether the work has left a result: work that came to nothing may have been left out by whoever compiled it. */
  readonly isWork: boolean;
}

const script = scriptBeside(import.meta.url, "section-process");

/**
 * Measures a section in a process of its own: what another has left in memory, and how the code was compiled for what
 * another did, would be in its figures otherwise, by as much as five times.
 */
export async function measureApart({ title }: Section, isQuick: boolean): Promise<Outcome> {
  // Figures may be no numbers, which JSON has no words for.
  const child = fork(script, [title, ...(isQuick ? ["--quick"] : [])], { serialization: "advanced" });
  const ended = once(child, "exit").then(([status]) => {
    throw new Error(`measuring ${title} ended with status ${status}`);
  });
  const [outcome] = await Promise.race([once(child, "message"), ended]);
  return outcome as Outcome;
}
