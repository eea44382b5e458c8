import {
  type BatchDecision,
  type Commit,
  type DecideContext,
  decideBatch,
  nextCommit,
  type SessionState,
  StoreError,
  storeError,
} from "@trimtab/core";
import type { MemoryStream } from "@trimtab/log";
import type { SessionFold } from "./session-fold.ts";
import type { Write, WriteResult } from "./write-pipeline.ts";

/**
 * Decides a write, appends it and folds it in before it returns, where nothing else is under way. It throws where the write
 * is refused, and gives `undefined`, having changed nothing, where the write must go the long way.
 */
export function writeNow(fold: SessionFold, write: Write, stream: MemoryStream<Commit>): WriteResult | undefined {
  const { state } = fold;
  const context = write.context();
  // Whether a request was made before is asked where it can be waited for: the answer may have to be read.
  if (context.requestId !== undefined) return undefined;
  const decision = decideSafely(state, write, context);
  if (decision.kind === "refused") throw new StoreError(decision.refusal);
  const commit = commitOf(state, decision, context);
  if (commit === undefined || write.validateOnly === true) return { revision: state.revision, commit, decision };
  if (!stream.appendNow(commit.revision - 1, [commit])) return undefined;
  fold.apply(commit, decision.variables);
  return { revision: commit.revision, commit, decision };
}

/** The commit that is to be made of what was decided; none where nothing has to change. */
export const commitOf = (
  state: SessionState,
  decision: Extract<BatchDecision, { kind: "accepted" }>,
  context: DecideContext,
): Commit | undefined => (decision.steps.length === 0 ? undefined : nextCommit(state, decision, context));

/** Decides a write. A type from outside may throw; that write fails with `internal`, and nothing else does. */
export function decideSafely(state: SessionState, { commands, atomic }: Write, context: DecideContext): BatchDecision {
  try {
    return decideBatch(state, commands, context, { atomic });
  } catch (error) {
    throw storeError("internal", "a variable type failed while it was asked", {}, { cause: error });
  }
}
