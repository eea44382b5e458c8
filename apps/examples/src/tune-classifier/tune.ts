import { type LiveSession, openSession } from "@trimtab/client";
import { isStoreError, type Store } from "@trimtab/core";
import { describeSettings } from "./describe-settings.ts";
import { openSearch, ranked, type Trial } from "./search.ts";
import { results, type Settings, sessionId, settings } from "./variables.ts";

/** What {@link tune} takes beside the store. */
export interface TuneOptions {
  /** How many settings to try. */
  readonly trials: number;
  /** Of the study, which decides what is tried after the sweep. */
  readonly seed: number;
  readonly print: (line: string) => void;
}

/** How long an answer of the worker may take. */
const patienceMs = 60_000;

/** Tries settings that a study suggests through the store, waits for the worker's answer to each, and prints which were the best. */
export async function tune(store: Store, { trials, seed, print }: TuneOptions): Promise<void> {
  await using app = await openSession(store, sessionId, settings, { actor: "tuner" });
  await using answers = await openSession(store, sessionId, results, { actor: "tuner" });
  await showRefusal(store, print);
  const attempt = async (tried: Settings, title: string): Promise<Trial> => {
    const { revision } = await app.set(tried);
    print(`${title}: set ${describeSettings(tried)}, which made revision ${revision}`);
    return { settings: tried, accuracy: await answerTo(revision, answers) };
  };
  const tried: Trial[] = [];
  const study = await openSearch(store, seed);
  await study.optimize(
    async ({ classifier, resolution }) => {
      const trial = await attempt({ classifier, resolution, digits: "validation" }, `${tried.length + 1}/${trials}`);
      tried.push(trial);
      if (ranked(tried)[0] === trial) print(`the best so far: ${trial.accuracy.toFixed(3)}`);
      return trial.accuracy;
    },
    // Every trial has its lines, so no bar is drawn between them.
    { trials, variables: { classifier: settings.classifier, resolution: settings.resolution }, progress: false },
  );
  for (const line of ["tried, best first:", ...tableOf(tried)]) print(line);
  const [winner] = ranked(tried);
  if (winner === undefined) return;
  const unseen = await attempt({ ...winner.settings, digits: "unseen" }, "the winner, on unseen digits");
  print(`winner: ${describeSettings(winner.settings)}`);
  print(
    `it recognizes ${percent(winner.accuracy)} of the digits it was chosen by, ${percent(unseen.accuracy)} of unseen ones`,
  );
}

/** Sends what no classifier could work with, as a program in any language might, and shows what the server says to it. */
async function showRefusal(store: Store, print: TuneOptions["print"]): Promise<void> {
  const before = await store.getVariable(sessionId, "classifier");
  try {
    await store.setVariable(sessionId, "classifier", { module: "nearest", parameters: { k: 0 } });
  } catch (error) {
    if (!isStoreError(error, "constraint_violation")) throw error;
    const { version } = await store.getVariable(sessionId, "classifier");
    const unchanged = version === before.version ? "still" : "no longer";
    print(
      `k = 0 was refused: ${error.message} (${error.reason}); the classifier is ${unchanged} at version ${version}`,
    );
    return;
  }
  throw new Error("the server took k = 0");
}

/** Resolves with the accuracy that was measured with the settings of a revision. */
function answerTo(revision: number, answers: LiveSession<typeof results>): Promise<number> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const { accuracy, ofRevision } = answers.values;
      if (ofRevision < revision) return;
      clearTimeout(timeout);
      stop();
      if (ofRevision === revision) resolve(accuracy);
      else reject(new Error(`the settings of revision ${revision} were set anew by somebody else, at ${ofRevision}`));
    };
    const timeout = setTimeout(() => {
      stop();
      reject(new Error(`the worker has not answered to revision ${revision} within ${patienceMs / 1000} s`));
    }, patienceMs);
    const stop = answers.subscribe(check);
    check();
  });
}

function tableOf(tried: readonly Trial[]): readonly string[] {
  return ranked(tried).map((trial, index) => {
    const place = String(index + 1).padStart(3);
    return `${place}  ${trial.accuracy.toFixed(3)}  ${describeSettings(trial.settings)}`;
  });
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
