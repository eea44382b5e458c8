import {
  type BatchDecision,
  type Command,
  type Commit,
  maxRequests,
  type Outcome,
  refusal,
  type SessionEvent,
  type SessionState,
  stepsOf,
  storeError,
} from "@trimtab/core";
import { commitAt } from "./commit-at.ts";
import { mayHaveMade } from "./request-kinds.ts";
import type { SessionFold } from "./session-fold.ts";

type Accepted = Extract<BatchDecision, { kind: "accepted" }>;

/** What batches came to of which parts were refused, by request: of all sessions, so that they may leave memory. */
export type Refusals = Map<string, Accepted>;

/** Requests of all sessions together whose refused parts are remembered. */
const maxRefusals = 4 * maxRequests;

/** Makes an empty memory. */
export const createRefusals = (): Refusals => new Map();

/** Keeps what a commit does not tell of a request: why some items of a batch were refused. */
export function rememberRefusals(
  refusals: Refusals,
  { epoch }: SessionState,
  { requestId, decision }: { readonly requestId: string; readonly decision: BatchDecision },
): void {
  // Where nothing was refused, the commit tells all there is to tell.
  if (decision.kind === "refused" || decision.outcomes.every(({ kind }) => kind === "accepted")) return;
  refusals.set(keyOf(epoch, requestId), decision);
  for (const oldest of refusals.keys()) {
    if (refusals.size <= maxRefusals) return;
    refusals.delete(oldest);
  }
}

/** What the request that made a revision came to, for when it is made again. */
export async function answerOf(
  fold: SessionFold,
  refusals: Refusals,
  { revision, commands }: { readonly revision: number; readonly commands: readonly Command[] },
): Promise<{ commit: Commit; decision: Accepted }> {
  const commit = await commitAt(fold, revision);
  if (commit === undefined) {
    const message = `the request was carried out at revision ${revision}, which is no longer kept`;
    throw storeError("unavailable", message, {});
  }
  if (!mayHaveMade(commands, commit)) throw usedOtherwise(commit.requestId ?? "", revision);
  const known = refusals.get(keyOf(fold.state.epoch, commit.requestId ?? ""));
  const outcomes = known?.outcomes ?? outcomesOf(commands, commit);
  return { commit, decision: { kind: "accepted", steps: stepsOf(commit), outcomes } };
}

const keyOf = (epoch: string, requestId: string) => `${epoch}/${requestId}`;

const usedOtherwise = (requestId: string, revision: number) =>
  storeError("invalid_argument", `requestId: ${requestId} was used for another request, at revision ${revision}`, {
    field: "requestId",
    value: requestId,
  });

/**
 * What a request came to when it was first made, read off its commit: which of its commands wrote something. Why the
 * others were refused is told while the process that refused them remembers.
 */
function outcomesOf(commands: readonly Command[], commit: Commit): Outcome[] {
  const written = new Set<string>();
  const imported = new Map<string, SessionEvent[]>();
  for (const event of commit.events) {
    if (event.kind === "variable-set" && event.root === undefined) written.add(event.id).add(event.name);
    const name = nameIn(event);
    if (name !== undefined) imported.set(name, [...(imported.get(name) ?? []), event]);
  }
  return commands.map((command) => {
    if (command.kind === "import-variable") {
      return { kind: "accepted", events: imported.get(command.variable.name) ?? [] };
    }
    if (command.kind !== "set-variable" || written.has(command.ref)) return { kind: "accepted", events: [] };
    const message = `${command.ref} was refused when this request was first made; why is not known any more`;
    return { kind: "refused", refusal: refusal("unavailable", message, {}) };
  });
}

/** The variable that an import's event speaks of. */
function nameIn(event: SessionEvent): string | undefined {
  if (event.kind === "variable-imported" || event.kind === "variable-changed") return event.variable.name;
  return event.kind === "variable-set" ? event.name : undefined;
}
