import type { AccessGrant } from "./access/access-grant.ts";
import { conceal, guardOf } from "./access/guard-command.ts";
import type { Command, DecideContext } from "./command.ts";
import type { SessionEvent } from "./commit.ts";
import { eventsIn, type Step } from "./commit-steps.ts";
import { counted } from "./counted.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { evolve, type MadeVariable } from "./evolve.ts";
import { progressOfWrite } from "./lease/record-progress.ts";
import { nextCommit } from "./next-commit.ts";
import { draftOf, findVariable, type SessionState } from "./session-state.ts";
import { settle } from "./settle.ts";
import { type Refusal, refusal } from "./store-error.ts";
import { ofThoseTaken } from "./transfer/decide-import.ts";

/** What became of one command of a batch. */
export type Outcome = Decision;

/** What became of a batch: what follows from all its commands in order, or why nothing happens at all. */
export type BatchDecision =
  | {
      readonly kind: "accepted";
      readonly steps: readonly Step[];
      readonly outcomes: readonly Outcome[];
      /** At the place of a step: the variable that it leaves, where that was made on the way to the decision. */
      readonly variables?: readonly MadeVariable[];
      /** The rules that let its commands through, where its caller does not own the session. */
      readonly grants?: readonly AccessGrant[];
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** What became of the commands of a batch before anything follows from them. */
export type Decided = Omit<Accepted, "steps"> & { readonly steps: readonly SessionEvent[] };

/**
 * Decides several commands as one step, each against the state that those before it leave. Where `atomic`, one refusal
 * refuses them all, with every command's own in `items`; otherwise what is refused is left out, but a condition on its own is one for all.
 * Two commands that write one variable by different refs, or by the same, are refused as a whole.
 *
 * What is derived from new values follows in the same step, and the rules are held against what then is; a rule that
 * would not hold refuses everything, atomic or not.
 */
export function decideBatch(
  state: SessionState,
  commands: readonly Command[],
  context: DecideContext,
  { atomic }: { atomic: boolean },
): BatchDecision {
  const decided = decideCommands(state, commands, context, atomic);
  const settled = decided.kind === "refused" ? decided : settle(state, commands, decided, context);
  const guard = settled.kind === "refused" && context.access ? guardOf(state, context) : undefined;
  if (settled.kind === "accepted") return withProgress(state, withGrants(settled, context), context);
  if (guard === undefined) return settled;
  return { kind: "refused", refusal: conceal(guard, settled.refusal) };
}

type Accepted = Extract<BatchDecision, { kind: "accepted" }>;
type Refused = Extract<BatchDecision, { kind: "refused" }>;

/** Adds what let the commands through; an owner's needed nothing. */
function withGrants(decided: Accepted, { access }: DecideContext): Accepted {
  if (access === undefined) return decided;
  const grants = decided.outcomes.flatMap((outcome) => (outcome.kind === "accepted" ? (outcome.grants ?? []) : []));
  return grants.length === 0 ? decided : { ...decided, grants };
}

/** Adds what a write under a lease means for the optimization. */
function withProgress(state: SessionState, decided: Accepted, context: DecideContext): BatchDecision {
  const progress = context.lease === undefined ? [] : progressOfWrite(state, eventsIn(decided.steps), context);
  return progress.length === 0 ? decided : { ...decided, steps: [...decided.steps, ...progress] };
}

function decideCommands(
  state: SessionState,
  commands: readonly Command[],
  context: DecideContext,
  atomic: boolean,
): Decided | Refused {
  const [only] = commands;
  if (only !== undefined && commands.length === 1) return decideOne(state, only, context, atomic);
  const wrong = checkBatch(state, commands, context);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const { outcomes, events } = runInOrder(state, commands, context);
  const refused = refusalOf(commands, outcomes, atomic ? undefined : isCondition);
  return refused === undefined ? { kind: "accepted", steps: events, outcomes } : { kind: "refused", refusal: refused };
}

function decideOne(state: SessionState, command: Command, context: DecideContext, atomic: boolean): Decided | Refused {
  const outcome = decide(state, command, context);
  if (outcome.kind === "accepted") return { kind: "accepted", steps: outcome.events, outcomes: [outcome] };
  return atomic || isCondition(command) ? outcome : { kind: "accepted", steps: [], outcomes: [outcome] };
}

function runInOrder(state: SessionState, commands: readonly Command[], context: DecideContext) {
  const draft = createLazyDraft(state, context);
  const outcomes: Outcome[] = [];
  const events: SessionEvent[] = [];
  for (const each of commands) {
    const command = each.kind === "import-dependencies" ? ofThoseTaken(each, commands, outcomes) : each;
    const outcome = decide(draft.before(command), command, context);
    outcomes.push(outcome);
    if (outcome.kind === "refused" || outcome.events.length === 0) continue;
    events.push(...outcome.events);
    draft.push(outcome.events);
  }
  return { outcomes, events };
}

/**
 * The state that a batch's commands leave, folded only where the next one could tell the difference: a batch writes a
 * variable once, so setting one value says nothing of another, and versions are expected of the state before the batch.
 */
function createLazyDraft(state: SessionState, context: DecideContext) {
  let draft = state;
  let pending: SessionEvent[] = [];
  return {
    push(events: readonly SessionEvent[]): void {
      pending.push(...events);
    },
    before({ kind }: Command): SessionState {
      const indifferent = kind === "set-variable" || kind === "expect-version" || kind === "rollback-variable";
      if (pending.length === 0 || (indifferent && pending.every((event) => event.kind === "variable-set")))
        return draft;
      draft = evolve(draft === state ? draftOf(state) : draft, nextCommit(state, { steps: pending }, context));
      // All of the batch is one commit, so each of its commands follows the same revision.
      draft.revision = state.revision;
      draft.atMs = state.atMs;
      pending = [];
      return draft;
    },
  };
}

/** That a batch is one of a configuration space is none of its items, nor is what is between imported variables. */
const isWhole = (command: Command | undefined): boolean =>
  command?.kind === "expect-space" || command?.kind === "import-dependencies";

/** Whatever else a batch does, it does where this holds. */
const isCondition = ({ kind }: Command): boolean => kind === "expect-version";

/** How many items a batch has. */
const itemsOf = (commands: readonly Command[]): number =>
  commands.length - (isWhole(commands[0]) || isWhole(commands.at(-1)) ? 1 : 0);

/** Refuses a batch of more items than it may hold. */
export function checkBatchSize(limit: number, value: number): Refusal | undefined {
  if (value <= limit) return undefined;
  const message = `a batch may hold ${counted(limit, "item")}, this one has ${value}`;
  return refusal("limit_exceeded", message, { field: "batch", limit, value });
}

/** The argument that the refs of a batch are in, where they are not those of updates. */
const refFields: Partial<Record<Command["kind"], string>> = {
  "delete-variable": "refs",
  "rollback-variable": "rollbacks",
};

function checkBatch(state: SessionState, commands: readonly Command[], context: DecideContext): Refusal | undefined {
  const { limits } = context;
  const guard = context.access && guardOf(state, context);
  const tooMany = checkBatchSize(limits.batchItems, itemsOf(commands));
  if (tooMany !== undefined) return tooMany;
  const seen = new Map<string, string>();
  for (const command of commands) {
    const ref = "ref" in command && command.kind !== "expect-version" ? command.ref : undefined;
    if (ref === undefined) continue;
    // That a ref is another one's id is not for those to know who may do nothing with it.
    const target = guard?.may(ref, "write") === false ? ref : (findVariable(state, ref)?.id ?? ref);
    const before = seen.get(target);
    if (before !== undefined) {
      const field = isWhole(commands[0]) ? "values" : (refFields[command.kind] ?? "updates");
      const message = `${field}: "${before}" and "${ref}" mean one variable, which a batch may write once`;
      return refusal("invalid_argument", message, { field, value: ref });
    }
    seen.set(target, ref);
  }
  return undefined;
}

/** What a command speaks of, as its caller named it. */
function subjectOf(command: Command): string {
  if ("ref" in command) return command.ref;
  if (command.kind === "register-variable") return command.spec.name;
  if (command.kind === "add-dependency") return command.spec.variable;
  if (command.kind === "import-variable") return command.variable.name;
  return "id" in command ? command.id : command.kind;
}

/** Why a batch is refused, if it is: for those of its items that count, or, where they are none of the matter, for what it is as a whole. */
function refusalOf(
  commands: readonly Command[],
  outcomes: readonly Outcome[],
  counts: (command: Command) => boolean = () => true,
): Refusal | undefined {
  const refusals = new Map<string, Refusal>();
  let whole: Refusal | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    const command = commands[index];
    if (outcome.kind !== "refused" || command === undefined || !counts(command)) continue;
    const subject = subjectOf(command);
    if (isWhole(command)) whole = outcome.refusal;
    else if (!refusals.has(subject)) refusals.set(subject, outcome.refusal);
  }
  const comesFirst = whole !== undefined && isWhole(commands[0]);
  return comesFirst || refusals.size === 0 ? whole : batchRefusal(refusals, itemsOf(commands));
}

/** The first refusal stands for the whole, with its reason and details; the message and `items` tell of every one. */
function batchRefusal(refusals: ReadonlyMap<string, Refusal>, count: number): Refusal {
  const [first] = refusals.values();
  if (first === undefined) throw new RangeError("a batch without refusals is not refused");
  const shown = Array.from(refusals.values(), (each) => each.message).slice(0, 5);
  const more = refusals.size > shown.length ? `; and ${refusals.size - shown.length} more` : "";
  const message = `${refusals.size} of ${count} refused, so none is applied: ${shown.join("; ")}${more}`;
  return { ...first, message, items: refusals };
}
