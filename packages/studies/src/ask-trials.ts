import { type AskTrialsOptions, type Store, storeError, type ValueRecord } from "@trimtab/core";
import type { StudyView } from "./study-fold.ts";
import type { Draft } from "./study-log.ts";
import { advanceBy, happeningOf, type Progress, progressOf, startGiven, step } from "./trial-commands.ts";

/** New trials that the session's rules may refuse before asking is refused. */
const maxRefused = 100;

/** Says which rule a trial's values would break, if any: text for people. */
export type RuleCheck = (parameters: ValueRecord) => Promise<string | undefined>;

/** Asks a session's rules, and its variables' own constraints. */
export const ruleCheckOf =
  (store: Store, session: string): RuleCheck =>
  async (updates) => {
    const { holds, checks, refused } = await store.checkRules(session, { updates });
    if (holds) return undefined;
    const [first] = refused.values();
    const broken = checks.find(({ outcome }) => outcome === "violated" || outcome === "error");
    return first?.message ?? `rule ${broken?.rule ?? ""} would not hold`;
  };

/**
 * Decides which trials to hand out. What the rules forbid is recorded as failed and not handed out.
 *
 * @throws StoreError `rule_violation` where the rules allow none of a hundred suggestions, or not what was given
 */
export async function decideAsk(view: StudyView, options: AskTrialsOptions, check: RuleCheck): Promise<Draft> {
  const { clientId, count = 1, parameters } = options;
  if (parameters !== undefined) return decideGiven(view, parameters, { clientId, check });
  const asking = { kind: "ask-trials", ...(clientId !== undefined && { clientId }) } as const;
  let progress = progressOf(view);
  let numbers: number[] = [];
  let refused = 0;
  for (;;) {
    const before = progress.state.trials;
    const wanted = clientId === undefined ? count - numbers.length : count;
    const asked = step(progress, { ...asking, count: wanted });
    progress = asked.progress;
    const held = asked.numbers.filter((number) => before[number]?.state === "running");
    const fresh = asked.numbers.filter((number) => before[number]?.state !== "running");
    const kept: number[] = [];
    for (const number of fresh) {
      const broken = await check(progress.state.trials[number]?.parameters ?? {});
      if (broken === undefined) kept.push(number);
      else progress = fail(progress, number, broken);
    }
    refused += fresh.length - kept.length;
    numbers = clientId === undefined ? [...numbers, ...kept] : [...held, ...kept];
    if (kept.length === fresh.length) return { happening: happeningOf(progress), numbers };
    if (refused >= maxRefused && numbers.length === 0) throw tooManyRefused(view, refused);
    if (refused >= maxRefused) return { happening: happeningOf(progress), numbers };
  }
}

const fail = (progress: Progress, number: number, cause: string): Progress =>
  advanceBy(progress, [{ kind: "trial-failed", number, cause }]);

function tooManyRefused({ variables }: StudyView, refused: number) {
  const message = `the session's rules allow none of ${refused} trials that were suggested`;
  return storeError("rule_violation", message, { rule: "", variables: variables.map(({ name }) => name) });
}

async function decideGiven(
  view: StudyView,
  parameters: ValueRecord,
  { clientId, check }: { readonly clientId: string | undefined; readonly check: RuleCheck },
): Promise<Draft> {
  const started = startGiven(view.state, parameters, clientId);
  if (started === undefined) return { numbers: [] };
  const broken = started.events.length === 0 ? undefined : await check(parameters);
  if (broken !== undefined) {
    throw storeError("rule_violation", `parameters: ${broken}`, { rule: "", variables: Object.keys(parameters) });
  }
  return { happening: happeningOf(advanceBy(progressOf(view), started.events)), numbers: [started.number] };
}
