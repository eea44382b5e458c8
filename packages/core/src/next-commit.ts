import { actorOf } from "./actor.ts";
import type { DecideContext } from "./command.ts";
import type { Commit } from "./commit.ts";
import { eventsAtOnce, type Step, SteppedCommit } from "./commit-steps.ts";
import type { SessionState } from "./session-state.ts";
import { emptyRecord, laterThan } from "./variable.ts";

/**
 * Wraps what was decided into the commit that follows a state. Its time is the context's, or a microsecond after the last
 * commit's where the clock has not moved on.
 */
export function nextCommit(
  state: SessionState,
  { steps, grants }: { readonly steps: readonly Step[] } & Pick<Commit, "grants">,
  context: DecideContext,
): Commit {
  const { requestId, via } = context;
  const events = eventsAtOnce(steps);
  const commit: Commit = {
    session: state.id,
    revision: state.revision + 1,
    atMs: laterThan(state.atMs, context.atMs),
    actor: actorOf(state.id, context),
    origin: context.origin ?? "typescript",
    metadata: context.metadata ?? emptyRecord,
    events: events ?? [],
  };
  // Most have nothing else to say: one literal, since one is made with every write.
  const saysNoMore = requestId === undefined && via === undefined && grants === undefined;
  const said = saysNoMore
    ? commit
    : {
        ...commit,
        ...(requestId !== undefined && { requestId }),
        ...(via !== undefined && { via }),
        ...(grants !== undefined && { grants }),
      };
  return events === steps ? said : new SteppedCommit(said, steps, events);
}
