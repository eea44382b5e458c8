import type { StudyIntermediateValue, StudyTrialState, ValueRecord } from "@trimtab/core";
import type { Point } from "../space/point.ts";

/** How far a trial has come. */
export type TrialState = StudyTrialState;

/** How a trial was doing at one step. */
export type IntermediateValue = StudyIntermediateValue;

/** One point of the space and what came of it. Never changed: what happens to a trial makes a new record. */
export interface Trial {
  /** Its number in the study, from 0, without gaps. */
  readonly number: number;
  readonly state: TrialState;
  /** Where it lies; while it waits, only what was enqueued. */
  readonly point: Point;
  /** The point as values of the variables, by name. */
  readonly parameters: ValueRecord;
  /** Version of the space that it was suggested from. */
  readonly spaceVersion: number;
  /** One per objective; empty unless complete. */
  readonly values: readonly number[];
  /** How it was doing, by step. */
  readonly intermediateValues: readonly IntermediateValue[];
  /** What else was measured, by metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The client that holds it, or held it last. */
  readonly clientId?: string;
  /** It came from the line and not from the sampler alone. */
  readonly enqueued: boolean;
  /** Number of the trial that it repeats. */
  readonly retryOf?: number;
  /** What the sampler must know of it later. */
  readonly note?: ValueRecord;
  /** How many trials had ended before it; absent before it has ended itself. */
  readonly endOrder?: number;
  /** A sentence on why it failed. */
  readonly cause?: string;
}

/** Says whether a trial has ended. */
export const hasEnded = ({ state }: Trial): boolean => state !== "waiting" && state !== "running";
