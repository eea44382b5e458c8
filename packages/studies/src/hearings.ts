import { emptyNumberMap, type NumberMap } from "@trimtab/optimize";

/** When a trial under way was last heard of. */
export interface Hearing {
  readonly number: number;
  readonly atMs: number;
}

/** When each trial under way was last heard of. Never changed: another hearing makes new ones, at a cost that does not grow with them. */
export interface Hearings {
  readonly byTrial: NumberMap<Hearing>;
  /** By the millisecond since `originMs`, and then by trial. */
  readonly byTime: NumberMap<NumberMap<Hearing>>;
  /** About when the first of them was; those from before count as of then. */
  readonly originMs: number;
}

/** The hearings of a study that was created at a moment. */
export const noHearings = (originMs: number): Hearings => ({
  byTrial: emptyNumberMap(),
  byTime: emptyNumberMap(),
  originMs,
});

/** Notes that a trial was heard of. */
export function hear(hearings: Hearings, hearing: Hearing): Hearings {
  const { byTrial, byTime, originMs } = unhear(hearings, hearing.number);
  const time = timeOf(hearing, originMs);
  const atOnce = byTime.get(time) ?? emptyNumberMap<Hearing>();
  return {
    byTrial: byTrial.set(hearing.number, hearing),
    byTime: byTime.set(time, atOnce.set(hearing.number, hearing)),
    originMs,
  };
}

/**
 * Takes what was heard after now for heard when a process began; both times are in milliseconds since the Unix epoch. By a clock that was
 * set back before that, trials of earlier processes would else be waited for until it has come to where it was.
 */
export function notAhead(
  hearings: Hearings,
  { beganMs, nowMs }: { readonly beganMs: number; readonly nowMs: number },
): Hearings {
  const all = [...hearings.byTrial.values()];
  if (hearings.originMs <= nowMs && all.every(({ atMs }) => atMs <= nowMs)) return hearings;
  const since = all.map(({ number, atMs }) => ({ number, atMs: atMs <= nowMs ? atMs : beganMs }));
  return since.reduce(hear, noHearings(Math.min(hearings.originMs, beganMs)));
}

/** Forgets a trial that is not under way any more. */
export function unhear(hearings: Hearings, number: number): Hearings {
  const { byTrial, byTime, originMs } = hearings;
  const last = byTrial.get(number);
  if (last === undefined) return hearings;
  const time = timeOf(last, originMs);
  const atOnce = byTime.get(time)?.delete(number);
  const isLeft = atOnce !== undefined && atOnce.size > 0;
  return { byTrial: byTrial.delete(number), byTime: isLeft ? byTime.set(time, atOnce) : byTime.delete(time), originMs };
}

/** The trials that were last heard of before a moment, the longest unheard of first. */
export function* unheardSince({ byTime }: Hearings, atMs: number): Generator<number> {
  for (const atOnce of byTime.values()) {
    const before = [...atOnce.values()].filter((hearing) => hearing.atMs < atMs);
    if (before.length === 0) return;
    for (const { number } of before) yield number;
  }
}

/** When the trial that was unheard of for the longest was heard of, to the millisecond; `undefined` where there is none. */
export const firstHeardAtMs = ({ byTime, originMs }: Hearings): number | undefined =>
  byTime.first === undefined ? undefined : originMs + byTime.first;

// Clocks of several processes may differ, so that one hears of a study before it was created.
const timeOf = ({ atMs }: Hearing, originMs: number): number => Math.max(0, Math.floor(atMs - originMs));
