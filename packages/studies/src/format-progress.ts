/** How far a run of trials has come. */
export interface RunProgress {
  /** Trials that have ended, whatever came of them, and how many there will be. */
  readonly ended: number;
  readonly total: number;
  readonly pruned: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** What the study has found: its best value, or with several objectives how many trials are on the front. */
  readonly found?:
    | { readonly kind: "best"; readonly value: number }
    | { readonly kind: "front"; readonly size: number };
}

/** Cells of the bar. */
const barWidth = 20;

/** Puts progress on a line of at most `columns` characters: `12/100 ██▍  best 0.0123, 3.2 trials/s, 28 s left`. */
export function formatProgress(progress: RunProgress, columns = 120): string {
  const { ended, total } = progress;
  const count = `${String(ended).padStart(String(total).length)}/${total}`;
  const facts = factsOf(progress).join(", ");
  const full = `${count} ${bar(total > 0 ? ended / total : 1)} ${facts}`.trimEnd();
  // Where there is not enough room the bar goes first.
  return full.length <= columns ? full : `${count} ${facts}`.trimEnd().slice(0, Math.max(0, columns));
}

function factsOf({ ended, total, pruned, failed, elapsedMs, found }: RunProgress): string[] {
  const facts: string[] = [];
  if (found?.kind === "best") facts.push(`best ${shorten(found.value)}`);
  if (found?.kind === "front") facts.push(`${found.size} on the front`);
  if (pruned > 0) facts.push(`${pruned} pruned`);
  if (failed > 0) facts.push(`${failed} failed`);
  if (ended === 0 || elapsedMs <= 0) return facts;
  const perSecond = (1000 * ended) / elapsedMs;
  facts.push(perSecond >= 1 ? `${shorten(perSecond, 2)} trials/s` : `${duration(elapsedMs / ended)} per trial`);
  facts.push(
    ended < total ? `${duration(((total - ended) * elapsedMs) / ended)} left` : `${duration(elapsedMs)} in all`,
  );
  return facts;
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

function bar(share: number): string {
  const filled = Math.min(8 * barWidth, Math.floor(8 * barWidth * share));
  return `${"█".repeat(filled >> 3)}${eighths[filled & 7] ?? ""}`.padEnd(barWidth);
}

/** A number to some digits, without zeros at its end. */
const shorten = (value: number, digits = 4): string => String(Number(value.toPrecision(digits)));

/** A length of time in its two largest units. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 950 ? `${Math.max(1, Math.round(ms))} ms` : `${seconds} s`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}
