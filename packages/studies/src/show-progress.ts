import type { StudyTrial } from "@trimtab/core";
import { formatProgress, type RunProgress } from "./format-progress.ts";

/** Where progress is shown: a terminal, or whatever else takes text, such as `process.stderr`. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What a run shows of itself. */
export interface ProgressDisplay {
  /** Takes note of a trial that has ended. */
  onTrial(trial: Pick<StudyTrial, "state">): void;
  /** Leaves the last state on a line of its own. */
  end(): void;
}

/** What to show beside the number of trials. */
export interface ProgressOptions {
  readonly total: number;
  /** What the study has found so far. */
  readonly found: () => RunProgress["found"];
  /** A clock in milliseconds that never goes back; the system's unless given. */
  readonly now?: () => number;
}

/** The least time between two drawings of the bar, in milliseconds. */
const intervalMs = 100;

/** Clears the line that the cursor is on, and goes to its beginning. */
const clearLine = "\r\u001b[2K";

/**
 * Where to show progress: as a run was told, and where it was told nothing on standard error if that is a terminal and
 * no tests are running. A browser has none.
 */
export function progressOutput(asked: boolean | ProgressOutput | undefined): ProgressOutput | undefined {
  if (typeof asked === "object") return asked;
  const { stderr, env } = (globalThis as { process?: Partial<NodeJS.Process> }).process ?? {};
  const isWanted = asked ?? (stderr?.isTTY === true && env?.["NODE_ENV"] !== "test");
  return isWanted ? stderr : undefined;
}

/**
 * Shows how far a run has come: one line that is drawn again on a terminal, and elsewhere a line at the first trial that
 * ends in each tenth of them, so that a log gets eleven lines at most.
 */
export function showProgress(output: ProgressOutput, options: ProgressOptions): ProgressDisplay {
  const { total, found, now = () => performance.now() } = options;
  const isTerminal = output.isTTY === true;
  const beganMs = now();
  const counts = { ended: 0, pruned: 0, failed: 0 };
  let drawnMs = Number.NEGATIVE_INFINITY;
  let drawnTenth = 0;
  let drawnEnded = 0;
  const draw = () => {
    const best = found();
    const progress = { ...counts, total, elapsedMs: now() - beganMs, ...(best !== undefined && { found: best }) };
    drawnEnded = counts.ended;
    // The last column stays free: some terminals break the line there. Some do not know their width, and say 0.
    if (isTerminal) output.write(`${clearLine}${formatProgress(progress, (output.columns || 80) - 1)}`);
    else output.write(`${formatProgress(progress)}\n`);
  };
  return {
    onTrial({ state }) {
      counts.ended++;
      if (state === "pruned" || state === "failed") counts[state]++;
      const tenth = Math.floor((10 * counts.ended) / total);
      if (isTerminal ? now() - drawnMs < intervalMs : tenth === drawnTenth && counts.ended > 1) return;
      [drawnMs, drawnTenth] = [now(), tenth];
      draw();
    },
    end() {
      if (counts.ended > drawnEnded) draw();
      if (isTerminal && counts.ended > 0) output.write("\n");
    },
  };
}
