import { emptyNumberMap, type NumberMap } from "../number-map.ts";
import { dominates } from "../objectives/dominance.ts";
import { type Direction, toLosses } from "../objectives/objective.ts";
import { hasEnded, type Trial } from "./trial.ts";

/**
 * The trials of a study, by what they are looked for. Never changed: a trial that changes makes a new table, at a cost that
 * does not grow with how many there are.
 */
export interface TrialTable {
  /** All of them, by number, without gaps. */
  readonly all: NumberMap<Trial>;
  /** Those in line, by number. */
  readonly waiting: NumberMap<Trial>;
  /** Those under way, by number. */
  readonly running: NumberMap<Trial>;
  /** Those that have ended, by the order in which they did: what is in it stays as it is, and what comes comes at its end. */
  readonly ended: NumberMap<Trial>;
  /** How many of those that have ended have failed. */
  readonly failed: number;
  /** How many of those that have ended were pruned. */
  readonly pruned: number;
  /** The complete trials that no other one beats in every objective, by number: those of the best value, where there is one objective. */
  readonly front: NumberMap<Trial>;
  /** Those under way of each client, by a hash of its name. */
  readonly held: NumberMap<readonly Holding[]>;
  /** The number of the trial that repeats one, by the number of that. */
  readonly retries: NumberMap<number>;
}

/** What a client holds. */
interface Holding {
  readonly clientId: string;
  readonly trials: NumberMap<Trial>;
}

/** The table of a study that has no trials. */
export const noTrials: TrialTable = {
  all: emptyNumberMap(),
  waiting: emptyNumberMap(),
  running: emptyNumberMap(),
  ended: emptyNumberMap(),
  failed: 0,
  pruned: 0,
  front: emptyNumberMap(),
  held: emptyNumberMap(),
  retries: emptyNumberMap(),
};

/** The table with a trial in place of what it was before, or at the end where it is new. */
export function putTrial(table: TrialTable, trial: Trial, directions: readonly Direction[]): TrialTable {
  const { number } = trial;
  const before = table.all.get(number);
  const all = table.all.set(number, trial);
  const waiting = moved(table.waiting, trial, trial.state === "waiting");
  const running = moved(table.running, trial, trial.state === "running");
  const held = running === table.running ? table.held : holding(table.held, before, trial);
  const { retryOf } = trial;
  const retries = before === undefined && retryOf !== undefined ? table.retries.set(retryOf, number) : table.retries;
  const put = { ...table, all, waiting, running, held, retries };
  if (!hasEnded(trial) || before === undefined || hasEnded(before)) return put;
  return {
    ...put,
    ended: table.ended.set(table.ended.size, trial),
    failed: table.failed + Number(trial.state === "failed"),
    pruned: table.pruned + Number(trial.state === "pruned"),
    front: trial.state === "complete" ? advancedFront(table.front, trial, directions) : table.front,
  };
}

/** The table of trials that are told of as they are. */
export function toTrialTable(trials: readonly Trial[], directions: readonly Direction[]): TrialTable {
  let table = noTrials;
  const put = (trial: Trial) => {
    table = putTrial(table, trial, directions);
  };
  // None has ended before it began, nor in another order than it says.
  for (const trial of trials) put(hasEnded(trial) ? { ...trial, state: "waiting" } : trial);
  const ended = trials.filter(hasEnded);
  for (const trial of ended.sort((a, b) => (a.endOrder ?? 0) - (b.endOrder ?? 0))) put(trial);
  return table;
}

/** How many trials count: those that were handed out and have not failed. */
export const countTried = ({ all, waiting, failed }: TrialTable): number => all.size - waiting.size - failed;

/** The trials under way that a client holds, by number. */
export const trialsHeldBy = ({ held }: TrialTable, clientId: string): Iterable<Trial> =>
  held
    .get(hashOf(clientId))
    ?.find((each) => each.clientId === clientId)
    ?.trials.values() ?? [];

const arrays = new WeakMap<TrialTable, readonly Trial[]>();

/** All trials as an array, which is made when it is first asked for. */
export function toTrialArray(table: TrialTable): readonly Trial[] {
  const known = arrays.get(table);
  if (known !== undefined) return known;
  const array = [...table.all.values()];
  arrays.set(table, array);
  return array;
}

const moved = (map: NumberMap<Trial>, trial: Trial, isIn: boolean): NumberMap<Trial> =>
  isIn ? map.set(trial.number, trial) : map.delete(trial.number);

function holding(held: TrialTable["held"], before: Trial | undefined, trial: Trial): TrialTable["held"] {
  const without = before?.state === "running" ? withHolding(held, before, false) : held;
  return trial.state === "running" ? withHolding(without, trial, true) : without;
}

function withHolding(held: TrialTable["held"], trial: Trial, isHeld: boolean): TrialTable["held"] {
  const { clientId } = trial;
  if (clientId === undefined) return held;
  const hash = hashOf(clientId);
  const sameHash = held.get(hash) ?? [];
  const before = sameHash.find((each) => each.clientId === clientId)?.trials ?? emptyNumberMap<Trial>();
  const others = sameHash.filter((each) => each.clientId !== clientId);
  const trials = moved(before, trial, isHeld);
  if (trials.size > 0) return held.set(hash, [...others, { clientId, trials }]);
  return others.length > 0 ? held.set(hash, others) : held.delete(hash);
}

/** 30 bits of FNV-1a (Fowler, Noll and Vo, 1991). Names of the same hash are told apart by themselves. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 2;
}

function advancedFront(
  front: TrialTable["front"],
  trial: Trial,
  directions: readonly Direction[],
): TrialTable["front"] {
  const own = toLosses(trial.values, directions);
  // In one objective all members have the same loss.
  const [first] = directions.length === 1 ? front.values() : [];
  let next = front;
  for (const member of first === undefined ? front.values() : [first]) {
    const losses = toLosses(member.values, directions);
    if (dominates(losses, own)) return front;
    if (!dominates(own, losses)) continue;
    next = directions.length === 1 ? emptyNumberMap() : next.delete(member.number);
  }
  return next.set(trial.number, trial);
}
