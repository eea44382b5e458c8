import { type AnyChange, type LiveSession, openSession } from "@trimtab/client";
import { afterEach, expect, it } from "vitest";
import { connect } from "./connect.ts";
import type { StartedProcess } from "./start-process.ts";
import { type TuneClassifierOptions, tuneClassifier } from "./tune-classifier.ts";
import { results, sessionId, settings } from "./variables.ts";

const everything = { ...settings, ...results };
type Commit = readonly AnyChange<typeof everything>[];

/** Allows for a machine that is busy with other things. */
const patience = { timeout: 120_000 };

const openSessions: LiveSession<typeof everything>[] = [];
afterEach(async () => {
  for (const session of openSessions.splice(0)) await session.close();
});

/** Runs the example and notes all that it prints and starts, and every commit that any of its processes makes. */
function start(trials: number, more: Partial<TuneClassifierOptions> = {}) {
  const printed: string[] = [];
  const commits: Commit[] = [];
  const started = new Map<string, StartedProcess>();
  const opened = Promise.withResolvers<LiveSession<typeof everything>>();
  const finished = tuneClassifier({
    trials,
    seed: 1,
    signal: new AbortController().signal,
    print: (line) => printed.push(line),
    onStarted: (name, process) => started.set(name, process),
    onListening: async (url) => {
      const app = await openSession(connect(url, "test"), sessionId, everything);
      openSessions.push(app);
      app.subscribe((changes) => commits.push(changes));
      opened.resolve(app);
    },
    ...more,
  });
  return { printed, commits, started, opened: opened.promise, finished };
}

const commitsOf = (commits: readonly Commit[], actor: string) => commits.filter(([change]) => change?.actor === actor);

/** The value that a commit gave to a variable. */
const given = (commit: Commit | undefined, key: keyof typeof everything) =>
  commit?.find((change) => change.key === key)?.value;

/** Resolves when a session has lost its server, and so has taken in all that came from it. */
const whenCutOff = (app: LiveSession<typeof everything>) =>
  new Promise<void>((resolve) => {
    const check = () => {
      if (app.status === "ready") return;
      stop();
      resolve();
    };
    const stop = app.onStatus(check);
    check();
  });

const isAlive = ({ pid = 0 }: StartedProcess) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it("finds good settings for real digits, through three processes", patience, async () => {
  const { printed, commits, started, opened, finished } = start(10);
  await finished;
  await whenCutOff(await opened);
  const tuned = commitsOf(commits, "tuner");
  const answered = commitsOf(commits, "worker");

  // Ten trials and the winner on unseen digits; the refused write made no commit, and no process saw it.
  expect(tuned).toHaveLength(11);
  expect(commits).toHaveLength(tuned.length + answered.length);
  const refusal = printed.filter((line) => line.includes("refused"));
  expect(refusal).toEqual([
    "tuner  | k = 0 was refused: classifier.parameters.k: value 0 is below minimum 1 (constraint_violation); " +
      "the classifier is still at version 0",
  ]);
  expect(tuned[0]?.find(({ key }) => key === "classifier")?.version).toBe(1);

  // Each write of the tuner was answered once, with its revision; before them come the settings as they were declared.
  const revisions = tuned.map(([change]) => change?.revision);
  const answeredTo = answered.map((commit) => given(commit, "ofRevision"));
  expect(answeredTo.slice(-11)).toEqual(revisions);
  expect(answered.length).toBeLessThanOrEqual(12);

  const accuracies = answered.slice(-11).map((commit) => Number(given(commit, "accuracy")));
  const [tried, unseen] = [accuracies.slice(0, 10), accuracies[10]];
  const best = Math.max(...tried);
  expect(best).toBeGreaterThan(0.85);
  expect(best).toBeGreaterThan(tried[0] ?? 1);
  expect(unseen).toBeGreaterThan(0.8);

  // The winner is what the session is left with, and heads the table, which is sorted.
  const last = tuned[10];
  const winner = tuned[tried.indexOf(best)];
  expect(given(last, "classifier")).toEqual(given(winner, "classifier"));
  expect(given(last, "resolution")).toBe(given(winner, "resolution"));
  expect([given(winner, "digits"), given(last, "digits")]).toEqual(["validation", "unseen"]);
  const table = printed.flatMap((line) => /^tuner {2}\| +\d+ {2}(0\.\d{3}) {2}/.exec(line)?.[1] ?? []);
  expect(table).toEqual(tried.toSorted((a, b) => b - a).map((accuracy) => accuracy.toFixed(3)));
  expect(printed.at(-1)).toContain(`recognizes ${(best * 100).toFixed(1)} % of the digits it was chosen by`);

  expect([...started.keys()]).toEqual(["server", "worker", "tuner"]);
  expect([...started.values()].filter(isAlive)).toEqual([]);
});

it.each(["server", "worker", "tuner"])("says so and ends all when the %s dies", patience, async (name) => {
  const { started, opened, finished } = start(1_000);
  const outcome = finished.catch((error: unknown) => error);
  const app = await opened;
  await new Promise<void>((resolve) => {
    app.subscribe(() => app.values.ofRevision > 0 && started.has("tuner") && resolve());
  });
  process.kill(started.get(name)?.pid ?? 0, "SIGKILL");
  expect(await outcome).toEqual(new Error(`the ${name} ended before its time (SIGKILL)`));
  expect([...started.values()].filter(isAlive)).toEqual([]);
});

it("ends all when it is told to, with the reason", patience, async () => {
  const stop = new AbortController();
  const { started, opened, finished } = start(1_000, { signal: stop.signal });
  const outcome = finished.catch((error: unknown) => error);
  const app = await opened;
  app.subscribe(() => started.has("tuner") && stop.abort(new Error("enough")));
  expect(await outcome).toEqual(new Error("enough"));
  expect([...started.values()].filter(isAlive)).toEqual([]);
});

it("starts nothing when it was told to end before", async () => {
  const { started, finished } = start(1, { signal: AbortSignal.abort(new Error("never mind")) });
  await expect(finished).rejects.toThrow("never mind");
  expect(started.size).toBe(0);
});

it("fails with what the tuner says when somebody else sets the settings", patience, async () => {
  const { printed, opened, finished } = start(1_000);
  const outcome = finished.catch((error: unknown) => error);
  const app = await opened;
  app.variables.classifier.subscribe((_value, { actor }) => {
    if (actor === "tuner") void app.variables.resolution.set("7x7").catch(() => {});
  });
  expect(await outcome).toEqual(new Error("the tuner ended before its time (1)"));
  expect(printed.some((line) => /^tuner .*were set anew by somebody else/.test(line))).toBe(true);
});
