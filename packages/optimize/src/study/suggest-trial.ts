import { storeError, type ValueRecord } from "@trimtab/core";
import { createRandom, type Random } from "../random.ts";
import { drawUnit } from "../samplers/random-sampler.ts";
import type { SamplerRequest, Suggestion } from "../samplers/sampler.ts";
import { decodePoint, encodePoint, type Point, toValues } from "../space/point.ts";
import { nearestPlaces } from "./allowed-places.ts";
import type { Judged } from "./judged.ts";
import { repairPoint } from "./repair-point.ts";
import type { StudyState } from "./study-state.ts";

/** How much to try before no point is taken to be allowed. */
export interface SuggestionEffort {
  /** How often the sampler is asked for another point. */
  readonly samplerTries: number;
  /** How many items of a list that the rules refuse are passed for one trial. */
  readonly listTries: number;
  /** How many points are drawn at random in the end. */
  readonly randomTries: number;
  /** Values that the rules are likely to allow, to repair points from beside the trials that there are. */
  readonly anchors?: readonly ValueRecord[];
}

/** How many of the suggestions that are refused are repaired, at most. */
const maxRepairs = 3;

/** A point to try, and what the sampler must know of it later. */
export interface SuggestedPoint extends Pick<Suggestion, "note"> {
  readonly point: Point;
}

/** A trial that needs a point. */
export interface Wanted {
  readonly state: StudyState;
  readonly number: number;
  /** Its point in part, or as a whole. */
  readonly given: Point;
  readonly effort: SuggestionEffort;
}

/**
 * Asks the study's sampler for the point of a trial. `undefined` where there is nothing more to try. Every trial has a
 * random stream of its own, so what is suggested depends on the seed, the trial's number, the trials so far and what is
 * allowed, and on nothing else.
 *
 * Where the rules refuse one suggestion after the other, the first of them are repaired: moved towards points that they
 * allow. Where that does not help, points are drawn at random.
 *
 * @throws StoreError `rule_violation` where no allowed point was found, or the rules refuse what is given
 */
export function* suggestPoint(wanted: Wanted): Judged<SuggestedPoint | undefined> {
  const { state, number, given, effort } = wanted;
  const { layout, definition } = state;
  if (encodePoint(layout, given) !== undefined) {
    const objection = yield toValues(layout, given);
    if (objection === undefined) return { point: given };
    throw refuse(state, `the rules do not allow the values that were given: ${objection}`);
  }
  const asked = yield* askSampler(wanted);
  if (asked.kind !== "refused") return asked.kind === "allowed" ? asked.suggested : undefined;
  for (const suggestion of asked.suggestions.slice(0, maxRepairs)) {
    const repaired = yield* repair(wanted, suggestion);
    if (repaired !== undefined) return repaired;
  }
  const random = createRandom(definition.seed, number, effort.samplerTries);
  for (let attempt = 0; attempt < effort.randomTries; attempt++) {
    const point = pointAt(wanted, completeUnit(wanted, drawUnit(layout, random), random));
    if ((yield toValues(layout, point)) === undefined) return { point };
  }
  const tried = effort.samplerTries + effort.randomTries;
  throw refuse(state, `the rules allow none of ${tried} points that were suggested and drawn, as ${asked.objection}`);
}

const refuse = ({ layout }: StudyState, message: string) =>
  storeError("rule_violation", message, { rule: "", variables: Object.keys(layout.space) });

/** A suggestion as a place that has no gaps. */
interface CompleteSuggestion extends Pick<Suggestion, "note"> {
  readonly unit: Float64Array;
}

type Asked =
  | { readonly kind: "allowed"; readonly suggested: SuggestedPoint }
  | { readonly kind: "refused"; readonly suggestions: readonly CompleteSuggestion[]; readonly objection: string }
  | { readonly kind: "exhausted" };

/** Asks the sampler until the rules allow what it says. It is told what they have refused on the way. */
function* askSampler(wanted: Wanted): Judged<Asked> {
  const { state, number, given, effort } = wanted;
  const { definition, layout, spaceVersion, table } = state;
  const { sampler, directions, seed } = definition;
  const refused = new Set<string>();
  const isAllowed = (unit: Float64Array) => {
    if (refused.size === 0 && definition.isAllowed === undefined) return true;
    const point = decodePoint(layout, unit);
    return !refused.has(keyOf(point)) && (definition.isAllowed?.(toValues(layout, point)) ?? true);
  };
  const suggestions: CompleteSuggestion[] = [];
  let lastObjection = "";
  const isNew = Object.keys(given).length === 0;
  // What goes through a list must get past what the rules refuse of it.
  const isList = sampler.isExhaustive && isNew;
  const tries = isList ? effort.listTries : effort.samplerTries;
  for (let attempt = 0; attempt < tries; attempt++) {
    const random = createRandom(seed, number, attempt);
    const request: SamplerRequest = {
      ...{ layout, spaceVersion, directions, table, seed, attempt, random, isAllowed },
      get trials() {
        return state.trials;
      },
    };
    const unfitted = sampler.prepare?.(request);
    if (unfitted !== undefined) yield unfitted;
    const suggestion = sampler.steps === undefined ? sampler.suggest(request) : yield* sampler.steps(request);
    if (suggestion === undefined) return { kind: "exhausted" };
    const unit = completeUnit(wanted, suggestion.unit, random);
    const point = pointAt(wanted, unit);
    // A point that was partly given is not what the sampler has to follow up on.
    const note = suggestion.note !== undefined && isNew && { note: suggestion.note };
    const objection = yield toValues(layout, point);
    if (objection === undefined) return { kind: "allowed", suggested: { point, ...note } };
    refused.add(keyOf(point));
    suggestions.push({ unit, ...note });
    lastObjection = objection;
  }
  if (isList)
    throw refuse(state, `the rules allow none of the next ${tries} points of the ${sampler.name}, as ${lastObjection}`);
  return { kind: "refused", suggestions, objection: lastObjection };
}

const keyOf = (point: Point): string =>
  JSON.stringify(point, (_, value) => (typeof value === "bigint" ? `${value}n` : value));

/** Moves a suggestion to where the rules allow it, starting from allowed places near it. */
function* repair(wanted: Wanted, { unit: target, note }: CompleteSuggestion): Judged<SuggestedPoint | undefined> {
  const { state, number, effort } = wanted;
  const { layout, definition } = state;
  const random = createRandom(definition.seed, number, effort.samplerTries + 1);
  const valuesAt = (unit: Float64Array) => toValues(layout, pointAt(wanted, unit));
  for (const place of nearestPlaces(state, target, effort.anchors)) {
    const anchor = completeUnit(wanted, place, random);
    const unit = yield* repairPoint({ layout, target, anchor, valuesAt, random });
    if (unit !== undefined) return { point: pointAt(wanted, unit), ...(note !== undefined && { note }) };
  }
  return undefined;
}

/** A place with what is given in place of what was suggested, and with its gaps drawn at random. */
function completeUnit({ state, given }: Wanted, unit: Float64Array, random: Random): Float64Array {
  const fixed = encodePoint(state.layout, given, true);
  return unit.map((suggested, axis) => {
    const value = fixed?.[axis] ?? Number.NaN;
    if (!Number.isNaN(value)) return value;
    return Number.isNaN(suggested) ? random.next() : suggested;
  });
}

// What is given is kept to the digit and not as its place in the cube.
const pointAt = ({ state, given }: Wanted, unit: Float64Array): Point => ({
  ...decodePoint(state.layout, unit),
  ...given,
});
