import {
  type BatchDecision,
  type Command,
  type Commit,
  type DecideContext,
  type SessionState,
  StoreError,
} from "@trimtab/core";
import { added } from "./added.ts";
import { createAppendLine, type Ended } from "./append-line.ts";
import { createHead } from "./pipeline-head.ts";
import { createRequestAnswers, type Refusals } from "./request-answers.ts";
import type { SessionFold } from "./session-fold.ts";
import { type AppendNow, commitOf, createWriteNow, decideSafely } from "./write-now.ts";

/** One write as the store hands it to a session. */
export interface Write {
  readonly commands: readonly Command[];
  readonly atomic: boolean;
  /** Decide and answer, but change nothing. */
  readonly validateOnly?: boolean;
  /** Called at each attempt, so that the time is the attempt's. */
  context(): DecideContext;
}

/**
 * What a write came to, once it is durable. `commit` is missing where nothing had to change; where a write was only to be
 * validated, it is the commit that was not made. A retried request gets the answer of the first.
 */
export interface WriteResult {
  readonly revision: number;
  readonly commit: Commit | undefined;
  readonly decision: Extract<BatchDecision, { kind: "accepted" }>;
  /** The request was made before, and what it did is not done again. */
  readonly isRepeated?: true;
}

/** Takes a session's writes in order, decides each on all before it, and answers when that is durable. */
export interface WritePipeline {
  /** Nothing is under way. */
  idle(): boolean;
  /**
   * Decides a write, makes it durable and folds it in: at once where nothing has to be waited for. Throws or rejects with a
   * StoreError.
   */
  submit(write: Write): WriteResult | Promise<WriteResult>;
  /** Resolves when every write submitted so far is answered. */
  settled(): Promise<void>;
}

interface Job {
  readonly write: Write;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
  /** What was under way where it was asked for. */
  readonly under: unknown;
  commit: Commit | undefined;
  /** What it is answered when everything that it was decided on is durable. */
  answer: WriteResult | Extract<BatchDecision, { kind: "refused" }> | Repeated | undefined;
}

/** The request was made before, and made this revision. */
interface Repeated {
  readonly kind: "repeated";
  readonly revision: number;
}

/** How appends are made. */
export interface PipelineOptions {
  /** Why parts of batches were refused. */
  readonly refusals: Refusals;
  /** Other processes append to the same log. */
  readonly shared: boolean;
  /** Appends to a log that need not be waited for, to which nobody else appends. */
  readonly appendNow?: AppendNow | undefined;
  /** Called whenever nothing is under way any more. */
  readonly onIdle: () => void;
}

/** Appends under way together where nobody else appends. */
const appendsAtOnce = 2;

/** Makes the pipeline of one session. */
export function createWritePipeline(fold: SessionFold, options: PipelineOptions): WritePipeline {
  const { refusals, shared, appendNow, onIdle } = options;
  const head = createHead(fold);
  const answers = createRequestAnswers(fold, refusals);
  const { gather } = fold.log;
  let waiting: Job[] = [];
  let flushScheduled = false;
  /** A commit is being decided or folded in: whoever hears of it may write again, but must wait until all have heard. */
  let isBusy = false;
  const idle = () => line.idle() && waiting.length === 0;

  const admit = (job: Job): void => {
    const state = idle() ? fold.state : head.state();
    const context = job.write.context();
    const earlier = context.requestId === undefined ? undefined : state.requests.get(context.requestId);
    if (earlier !== undefined) job.answer = { kind: "repeated", revision: earlier };
    else if (!decideJob(job, state, context)) return;
    if (job.commit !== undefined) head.push(job.commit);
    // An answer that rests on writes under way must wait for them: they may yet fail.
    else if (idle()) {
      settle(job);
      return;
    }
    waiting = added(waiting, job);
    scheduleFlush();
  };

  /** Prepares the answer to a job; where its type fails it is answered right away. */
  const decideJob = (job: Job, state: SessionState, context: DecideContext): boolean => {
    let decision: BatchDecision;
    try {
      decision = decideSafely(state, job.write, context);
    } catch (error) {
      job.reject(error);
      return false;
    }
    prepareAnswer(job, state, decision, context);
    if (context.requestId !== undefined && job.commit !== undefined) answers.remember(context.requestId, decision);
    return true;
  };

  const settle = (job: Job): void => {
    const { answer, resolve, reject } = job;
    if (answer === undefined) throw new TypeError("a write is answered before it is decided");
    if (!("kind" in answer)) resolve(answer);
    else if (answer.kind === "refused") reject(new StoreError(answer.refusal));
    else answerAgain(job, answer.revision);
  };

  /** Answers a request that was made before: what it came to then. */
  const answerAgain = ({ write, resolve, reject }: Job, revision: number): void => {
    const answered = answers.answer(revision, write.commands);
    answered.then(({ commit, decision }) => resolve({ revision, commit, decision, isRepeated: true }), reject);
  };

  const scheduleFlush = (): void => {
    if (!line.hasRoom() || waiting.length === 0) return;
    if (gather !== undefined) gather(flush, waiting.length);
    else if (!flushScheduled) {
      flushScheduled = true;
      queueMicrotask(flush);
    }
  };

  const flush = (): void => {
    flushScheduled = false;
    if (!line.hasRoom() || waiting.length === 0) return;
    const jobs = waiting;
    waiting = [];
    line.send(jobs);
  };

  const append = (jobs: readonly Job[]): Promise<boolean> => {
    let commits: Commit[] = [];
    for (const { commit } of jobs) if (commit !== undefined) commits = added(commits, commit);
    const [first] = commits;
    if (first === undefined) return Promise.resolve(true);
    const { appends, log, state } = fold;
    const run = () => log.append(state.id, first.revision - 1, commits);
    if (appends === undefined) return run();
    const writes = jobs.filter(({ commit }) => commit !== undefined).map(({ under }) => under);
    return appends.append({ session: state.id, commits: commits.length, writes }, run);
  };

  const finish = (jobs: readonly Job[]): void => {
    isBusy = true;
    for (const { commit, answer } of jobs) {
      const made = answer !== undefined && "decision" in answer ? answer.decision.variables : undefined;
      if (commit !== undefined) fold.apply(commit, made);
    }
    isBusy = false;
    head.landed(idle());
    for (const job of jobs) settle(job);
    scheduleFlush();
    if (idle()) onIdle();
  };

  /** Appends were not made: those that failed fail their writes, and everything else under way is decided anew. */
  const recover = async (ended: readonly Ended<Job>[]): Promise<void> => {
    const again: Job[] = [];
    const durable: Job[] = [];
    for (const { jobs, outcome } of ended) {
      if (outcome === "lost") again.push(...jobs);
      // Jobs without a commit were decided on what is not there.
      else if (outcome === "made") for (const job of jobs) (job.commit === undefined ? again : durable).push(job);
      else for (const job of jobs) job.reject(outcome.error);
    }
    try {
      if (ended.some(({ outcome }) => outcome === "lost" || outcome === "made")) await fold.readOn();
    } catch (error) {
      for (const job of again.splice(0)) job.reject(error);
    }
    for (const job of durable) settle(job);
    line.resume();
    admitAll([...again, ...waiting]);
    if (idle()) onIdle();
  };

  const admitAll = (jobs: readonly Job[]): void => {
    waiting = [];
    head.drop();
    for (const job of jobs) {
      job.commit = undefined;
      admit(job);
    }
  };

  const line = createAppendLine<Job>({ atOnce: shared ? 1 : appendsAtOnce, append, finish, recover });

  const submitLater = (write: Write): Promise<WriteResult> =>
    new Promise((resolve, reject) => {
      admit({ write, resolve, reject, under: fold.appends?.current(), commit: undefined, answer: undefined });
    });
  // Whoever is told of appends is told of all of them.
  const isWaitedFor = appendNow === undefined || shared || fold.appends !== undefined;
  const writeNow = isWaitedFor ? undefined : createWriteNow(fold, appendNow);

  const submit: WritePipeline["submit"] = (write) => {
    if (writeNow === undefined || isBusy || !idle()) return submitLater(write);
    isBusy = true;
    try {
      return writeNow(write) ?? submitLater(write);
    } finally {
      isBusy = false;
    }
  };

  return {
    idle,
    submit,
    async settled() {
      while (!idle()) await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}

function prepareAnswer(job: Job, state: SessionState, decision: BatchDecision, context: DecideContext): void {
  if (decision.kind === "refused") {
    job.answer = decision;
    return;
  }
  const commit = commitOf(state, decision, context);
  const isMade = commit !== undefined && job.write.validateOnly !== true;
  if (isMade) job.commit = commit;
  job.answer = { revision: isMade ? commit.revision : state.revision, commit, decision };
}
