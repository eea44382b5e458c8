import {
  type AskTrialsOptions,
  type ErrorReason,
  type Store,
  StoreError,
  storeError,
  type ValueRecord,
} from "@trimtab/core";
import { type AskRules, decideAsk as decideUnderRules } from "@trimtab/optimize";
import { byRef, refOf } from "./by-ref.ts";
import { present } from "./located-trials.ts";
import { objectionToOthers } from "./objection-to-others.ts";
import type { Located } from "./study-access.ts";
import type { StudyView } from "./study-fold.ts";
import type { Draft } from "./study-log.ts";
import { happeningOf, startGiven } from "./trial-commands.ts";

/** What a session has against values of a study's variables. */
export interface SessionRules {
  /** Says which rule they would break, if any: text for people. */
  readonly objectionTo: (parameters: ValueRecord) => Promise<string | undefined>;
  /** Reads the values that the variables have now, which the rules allow. */
  readonly present: (names: readonly string[]) => Promise<ValueRecord>;
}

/** Says whether who asks may read variables of the study's session, by name. */
export type MayRead = (names: readonly string[]) => Promise<boolean>;

/**
 * Asks a session's rules, and its variables' own constraints, which may be narrower by now than those that are searched; which of
 * them object is told to the session alone.
 */
export const sessionRules = (store: Store, located: Located, mayRead: MayRead): SessionRules => ({
  async objectionTo(parameters) {
    const { session } = located.name;
    // Those of another variable that has come to have the name are not what is searched.
    const { ids } = present(located).record;
    const { holds, checks, refused } = await store.checkRules(session, { updates: byRef(parameters, ids) });
    const gone = Object.keys(parameters).find((name) => refused.get(refOf(name, ids))?.reason === "not_found");
    if (gone !== undefined) throw goneVariable(gone);
    // Whoever leases a variable, or makes it a derived one, objects to no value of it.
    const first = Array.from(refused.values()).find(({ reason }) => ofValues.has(reason));
    if (holds && first === undefined) return undefined;
    if (!located.isOwn) return objectionToOthers;
    const broken = checks.find(({ outcome }) => outcome === "violated" || outcome === "error");
    return first?.message ?? `rule ${broken?.rule ?? ""} would not hold`;
  },
  async present(names) {
    // What a repair comes to tells of the values that it starts from.
    if (!(await mayRead(names))) return {};
    const { found } = await store.getVariables(located.name.session, names);
    return Object.fromEntries(Array.from(found.values(), ({ name, value }) => [name, value]));
  },
});

function goneVariable(name: string): StoreError {
  const message = `${name} is not the variable any more that the study searches; to search what has its name by now, change its bounds`;
  return storeError("not_found", message, { resource: "variable", id: name });
}

const ofValues: ReadonlySet<ErrorReason> = new Set(["constraint_violation", "validation_failed"]);

/**
 * Decides which trials to hand out. What the rules forbid is moved to where they allow it; what is in line and forbidden fails.
 *
 * @throws StoreError `rule_violation` where the rules allow nothing that was found, or not what was given; `not_found` where one of
 *   the variables is gone, whatever has its name by now
 */
export async function decideAsk(
  view: StudyView,
  options: AskTrialsOptions,
  { rules, fitKernel }: { readonly rules: SessionRules; readonly fitKernel: AskRules["fitKernel"] },
): Promise<Draft> {
  const { clientId, count, parameters } = options;
  if (parameters !== undefined) return decideGiven(view, parameters, { clientId, rules });
  const anchors: ValueRecord[] = [];
  const objectionTo = async (values: ValueRecord) => {
    const objection = await rules.objectionTo(values);
    // Most studies are never told of a rule, and need not know where to start a repair.
    if (objection !== undefined && anchors.length === 0) {
      anchors.push(await rules.present(view.variables.map(({ name }) => name)));
    }
    return objection;
  };
  const asking = {
    kind: "ask-trials",
    ...(clientId !== undefined && { clientId }),
    ...(count !== undefined && { count }),
  } as const;
  const decision = await decideUnderRules(view.state, asking, { objectionTo, fitKernel, anchors });
  if (decision.kind === "refused") throw new StoreError(decision.refusal);
  return { happening: happeningOf(decision.events), numbers: decision.numbers };
}

async function decideGiven(
  view: StudyView,
  parameters: ValueRecord,
  { clientId, rules }: { readonly clientId: string | undefined; readonly rules: SessionRules },
): Promise<Draft> {
  const started = startGiven(view.state, parameters, clientId);
  if (started === undefined) return { numbers: [] };
  const broken = started.events.length === 0 ? undefined : await rules.objectionTo(parameters);
  if (broken !== undefined) {
    throw storeError("rule_violation", `parameters: ${broken}`, { rule: "", variables: Object.keys(parameters) });
  }
  return { happening: happeningOf(started.events), numbers: [started.number] };
}
