import {
  findVariable,
  listVariables,
  type Selection,
  type SessionState,
  StoreError,
  unknownVariable,
  type WatchEvent,
  type WatchOptions,
} from "@trimtab/core";
import type { WatchSource } from "./pull-commits.ts";
import { unlessDamaged } from "./unless-damaged.ts";
import type { ChangeView } from "./watch-events.ts";
import { formatToken, isPlaceOf, parseToken, type WatchPosition } from "./watch-token.ts";

/** Where a watch starts. */
interface WatchStart {
  readonly position: number;
  /** What it says first, where it does. */
  readonly event?: WatchEvent;
  /** What {@link isStillThere} is to be asked before it goes on. */
  readonly unchecked?: WatchPosition;
}

/**
 * Says where a watch starts and what it says first.
 *
 * @throws StoreError `not_found` for a ref that names nothing, `invalid_argument` for a token that is none
 */
export function openingEvent(
  source: WatchSource,
  selection: Selection,
  options: WatchOptions,
  view: ChangeView,
): WatchStart {
  const { state } = source;
  if (options.after !== undefined) return resumed(source, parseToken(options.after), view);
  for (const ref of selection.refs ?? []) {
    if (findVariable(state, ref) === undefined) throw new StoreError(unknownVariable(ref));
  }
  const event = options.initialValues === false ? bookmarkAt(state) : fullView(state, view);
  return { position: state.revision, event };
}

function resumed({ state, recent }: WatchSource, after: WatchPosition, view: ChangeView): WatchStart {
  const { epoch, revision } = after;
  const startOver = (cause: "history_lost" | "session_recreated"): WatchStart => ({
    position: state.revision,
    event: fullView(state, view, cause),
  });
  if (epoch !== state.epoch) return startOver("session_recreated");
  // A token from the future belongs to commits that the log has lost.
  if (revision > state.revision) return startOver("history_lost");
  const known = revision === state.revision ? state : recent.at(revision);
  if (known === undefined) return { position: revision, ...(after.atMs !== undefined && { unchecked: after }) };
  if (!isPlaceOf(after, known)) return startOver("history_lost");
  // With nothing to catch up on, saying so at once tells the reader that what it holds is current.
  return { position: revision, ...(known === state && { event: bookmarkAt(state) }) };
}

/** Says whether the log has the commit that a position was given out for: not another of its number, and not none any more. */
export async function isStillThere({ log, state }: WatchSource, position: WatchPosition): Promise<boolean> {
  const read = await log.read(state.id, Math.max(0, position.revision - 1), 1).catch(unlessDamaged);
  if (read === undefined || read.kind === "trimmed") return false;
  const [commit] = read.entries;
  return commit !== undefined && isPlaceOf(position, commit);
}

/** All that a watch sees at present. */
export function fullView(
  state: SessionState,
  { selects }: ChangeView,
  cause?: "history_lost" | "session_recreated",
): WatchEvent {
  const variables = listVariables(state).filter(selects);
  return cause === undefined
    ? { kind: "snapshot", ...placeOf(state), variables }
    : { kind: "reset", cause, ...placeOf(state), variables };
}

const bookmarkAt = (state: SessionState): WatchEvent => ({ kind: "bookmark", ...placeOf(state) });

/** Where an event is, as it says it. */
export const placeOf = (at: WatchPosition) => ({ revision: at.revision, token: formatToken(at) });

/** The time of a session's commit, where it is at hand. */
export const timeOf = ({ state, recent }: WatchSource, epoch: string, revision: number): number | undefined =>
  revision === state.revision && epoch === state.epoch ? state.atMs : recent.at(revision)?.atMs;
