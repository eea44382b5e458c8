import type { DecideContext } from "../command.ts";
import type { Commit, CommitStamp, VariableSet } from "../commit.ts";
import type { Step } from "../commit-steps.ts";
import { applyEvent, type MadeVariable } from "../evolve.ts";
import type { Parsed } from "../parse-value.ts";
import type { Payload } from "../payload.ts";
import { putVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Derivation, Variable } from "../variable.ts";
import { variableAfter } from "../variable-after.ts";
import { DerivedSlot } from "../variable-table.ts";
import { type Cell, cellEquals, fromCell } from "./cell.ts";
import { namesNotFollowed } from "./check-derivation.ts";
import { type ComputeOptions, compute, payloadOf } from "./compute.ts";
import { eventFor } from "./derived-event.ts";
import { type Cause, DerivedRun } from "./derived-run.ts";
import { createHeightQueue } from "./height-queue.ts";
import { computeQuickly } from "./recipe.ts";
import { baseOf, isConcerned, isDerived, type Target, targetOf, variableOf } from "./target.ts";

/** What follows from new values: further steps of the same commit, or why the commit cannot be. */
export type Propagated =
  | {
      readonly kind: "propagated";
      readonly steps: readonly Step[];
      /** At the place of an event that gives a variable a value: that variable afterwards, where it was made. */
      readonly variables: readonly MadeVariable[];
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Follows new values to everything that depends on them. Each derived variable is computed once, after all that it
 * depends on, since heights in the dependency graph are an order to compute in; one whose value comes out the same
 * stops there. Costs what is reached. Folds into the draft it is given what anything else may look at.
 *
 * @param draft - the state after the writes, which this may change
 * @param changed - ids of the variables that were written
 * @param demanded - ids of derived variables to compute whether or not anything they depend on is new
 */
export function propagate(
  draft: SessionState,
  { changed, demanded }: { changed: Iterable<string>; demanded: ReadonlySet<string> },
  making: Making,
): Propagated {
  const propagation = new Propagation(draft, demanded, making);
  for (const id of changed) propagation.visitDependents(id);
  return propagation.run();
}

/** The commit that is being made, and what it is decided by. */
interface Making {
  readonly commit: Commit;
  readonly context: DecideContext;
}

/** What follows in one commit. A class for its speed: a step of it is made for each of what may be thousands. */
class Propagation {
  readonly #draft: SessionState;
  readonly #demanded: ReadonlySet<string>;
  readonly #making: Making;
  readonly #computing: ComputeOptions<Derived>;
  readonly #stamp: CommitStamp;
  readonly #hasRules: boolean;
  readonly #queue = createHeightQueue();
  /** Of variables that were computed: what was written that led to it. */
  readonly #roots = new Map<string, string>();
  readonly #steps: Step[] = [];
  readonly #variables: MadeVariable[] = [];
  #cause: Cause | undefined;
  /** The last of the steps, where it is one that may go on. */
  #run: DerivedRun | undefined;
  /** Many that follow from one variable ask for the same one after the other. */
  #lastName: string | undefined;
  #lastPayload: Payload | undefined;

  constructor(draft: SessionState, demanded: ReadonlySet<string>, making: Making) {
    const { revision, atMs, actor, origin, metadata } = making.commit;
    this.#draft = draft;
    this.#demanded = demanded;
    this.#making = making;
    this.#stamp = { revision, atMs, actor, origin, metadata };
    this.#hasRules = draft.rules.size > 0;
    this.#computing = {
      context: making.context,
      payloadOf: this.#present,
      dependenciesOf: ({ id }) => Array.from(draft.dependencies.dependenciesOf(id), ({ dependsOn }) => dependsOn),
    };
    for (const id of demanded) this.#demand(id);
  }

  visitDependents(id: string): void {
    const causes = [id];
    for (const crowd of this.#draft.dependencies.followersOf(id)) {
      const isOnce = crowd.isOnly && this.#demanded.size === 0;
      if (isOnce) this.#queue.add(crowd, { causes, isOnce });
      else {
        for (const follower of crowd.members) {
          if (isConcerned(this.#draft, follower))
            this.#queue.add({ ...crowd, members: [follower] }, { causes, isOnce });
        }
      }
    }
  }

  run(): Propagated {
    const { context } = this.#making;
    let computed = 0;
    for (let visit = this.#queue.next(); visit !== undefined; visit = this.#queue.next()) {
      const cause = this.#causeOf(visit.causes);
      for (const follower of visit.members) {
        const target = targetOf(this.#draft, follower);
        if (target === undefined) continue;
        if (!isDerived(target)) {
          const { id, name } = baseOf(target);
          this.#add(
            { kind: "dependency-changed", id, name, version: target.version, causedBy: visit.causes },
            undefined,
          );
        } else if (follower.kind === "data") {
          if (++computed > context.limits.derivationsPerCommit) return tooMany(computed, context);
          this.#compute(target, follower.isFollowed, cause);
        }
      }
    }
    this.#run?.end();
    return { kind: "propagated", steps: this.#steps, variables: this.#variables };
  }

  #demand(id: string): void {
    const { variables, dependencies } = this.#draft;
    if (variables.get(id)?.derivation === undefined) return;
    const follower = { id, kind: "data", isFollowed: dependencies.hasDependents(id), slot: undefined } as const;
    const crowd = { height: dependencies.heightOf(id), isOnly: false, members: [follower] };
    this.#queue.add(crowd, { causes: [], isOnce: false });
  }

  #compute(target: Target, isFollowed: boolean, cause: Cause): void {
    const quick = this.#computeQuickly(target);
    if (quick !== undefined && target instanceof DerivedSlot) {
      if (cellEquals(quick, target.cell)) return;
      if (!isFollowed && !this.#hasRules) {
        this.#goOn(target, quick, cause);
        return;
      }
    }
    const variable = variableOf(target) as Derived;
    const result =
      quick === undefined ? this.#computeAnyhow(variable) : { kind: "parsed" as const, value: fromCell(quick) };
    const event = eventFor(variable, result, cause);
    if (event?.kind === "variable-set") this.#set(variable, event, { isFollowed, cause });
    else if (event !== undefined) {
      this.#add(event, undefined);
      applyEvent(this.#draft, event, this.#making.commit);
    }
  }

  #computeQuickly(target: Target): Cell | undefined {
    if (!(target instanceof DerivedSlot) || (this.#demanded.size > 0 && this.#demanded.has(target.id)))
      return undefined;
    return computeQuickly(target, this.#making.context, this.#present);
  }

  #computeAnyhow(variable: Derived): Parsed<Payload> {
    const isSure = variable.stale === undefined && !this.#demanded.has(variable.id);
    const unsure = isSure ? undefined : checkFollows(this.#draft, variable, this.#making.context);
    return unsure ?? compute(this.#draft, variable, this.#computing);
  }

  #set(variable: Variable, event: VariableSet, { isFollowed, cause }: { isFollowed: boolean; cause: Cause }): void {
    const after = variableAfter(variable, event, this.#making.commit);
    this.#add(event, after);
    if (isFollowed || this.#hasRules) {
      putVariable(this.#draft, after);
      this.#lastName = undefined;
    }
    if (!isFollowed) return;
    if (cause.root !== undefined) this.#roots.set(variable.id, cause.root);
    this.visitDependents(variable.id);
  }

  #add(step: Step, variable: MadeVariable): void {
    this.#steps.push(step);
    this.#variables.push(variable);
    this.#run?.end();
    this.#run = undefined;
  }

  #goOn(slot: DerivedSlot, value: Cell, cause: Cause): void {
    let run = this.#run;
    if (run?.cause !== cause) {
      run = new DerivedRun(cause, slot);
      this.#add(run, undefined);
      this.#run = run;
    }
    run.add(slot, value);
  }

  #causeOf(causedBy: readonly string[]): Cause {
    if (this.#cause?.causedBy !== causedBy) {
      const root = this.#roots.get(causedBy[0] ?? "") ?? causedBy[0];
      this.#cause = { causedBy, root, stamp: this.#stamp };
    }
    return this.#cause;
  }

  readonly #present = (name: string): Payload | undefined => {
    if (name !== this.#lastName) {
      this.#lastName = name;
      this.#lastPayload = payloadOf(this.#draft, name);
    }
    return this.#lastPayload;
  };
}

type Derived = Variable & { readonly derivation: Derivation };

/** Refuses to compute what would not follow all that it is computed from. Only what is stale or new may be such. */
function checkFollows(draft: SessionState, variable: Variable, context: DecideContext): Parsed<Payload> | undefined {
  const [name] = namesNotFollowed(draft, variable, context);
  if (name === undefined) return undefined;
  const problem = draft.names.has(name) ? `it does not depend on ${name}` : `variable '${name}' is not there`;
  const details = { variable: variable.name };
  return {
    kind: "refused",
    refusal: refusal("derivation_failed", `${variable.name} cannot be derived: ${problem}`, details),
  };
}

function tooMany(value: number, { limits }: DecideContext): Propagated {
  const limit = limits.derivationsPerCommit;
  const message = `at most ${limit} derived variables are computed in one commit, this one leads to more`;
  return { kind: "refused", refusal: refusal("limit_exceeded", message, { field: "derivations", limit, value }) };
}
