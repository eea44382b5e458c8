import {
  type BatchDecision,
  type Command,
  type Commit,
  type DecideContext,
  type SessionState,
  StoreError,
} from "@trimtab/core";
import { added } from "./added.ts";
import { type Appender, type AppendLine, createAppendLine, type Ended } from "./append-line.ts";
import { createHead, type Head } from "./pipeline-head.ts";
import { answerOf, type Refusals, rememberRefusals } from "./request-answers.ts";
import type { SessionFold } from "./session-fold.ts";
import { commitOf, decideSafely } from "./write-now.ts";

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
  /** Decides a write, makes it durable and folds it in; rejects with a StoreError. */
  submit(write: Write): Promise<WriteResult>;
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
}

/** Appends under way together where nobody else appends. */
const appendsAtOnce = 2;

/** Makes the pipeline of one session; `onIdle` is called whenever nothing is under way any more. */
export const createWritePipeline = (
  fold: SessionFold,
  options: PipelineOptions,
  onIdle: (() => void) | undefined,
): WritePipeline => new Pipeline(fold, options, onIdle);

/** A class, since there may be one for every session. */
class Pipeline implements WritePipeline, Appender<Job> {
  readonly atOnce: number;
  readonly #fold: SessionFold;
  readonly #refusals: Refusals;
  readonly #onIdle: (() => void) | undefined;
  readonly #head: Head;
  readonly #line: AppendLine<Job> = createAppendLine(this);
  #waiting: Job[] = [];
  #flushScheduled = false;

  constructor(fold: SessionFold, { refusals, shared }: PipelineOptions, onIdle: (() => void) | undefined) {
    this.atOnce = shared ? 1 : appendsAtOnce;
    this.#fold = fold;
    this.#refusals = refusals;
    this.#onIdle = onIdle;
    this.#head = createHead(fold);
  }

  idle(): boolean {
    return this.#line.idle() && this.#waiting.length === 0;
  }

  submit(write: Write): Promise<WriteResult> {
    const under = this.#fold.appends?.current();
    return new Promise((resolve, reject) => {
      this.#admit({ write, resolve, reject, under, commit: undefined, answer: undefined });
    });
  }

  async settled(): Promise<void> {
    while (!this.idle()) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  append(jobs: readonly Job[]): Promise<boolean> {
    let commits: Commit[] = [];
    for (const { commit } of jobs) if (commit !== undefined) commits = added(commits, commit);
    const [first] = commits;
    if (first === undefined) return Promise.resolve(true);
    const { appends, log, state } = this.#fold;
    const run = () => log.append(state.id, first.revision - 1, commits);
    if (appends === undefined) return run();
    const writes = jobs.filter(({ commit }) => commit !== undefined).map(({ under }) => under);
    return appends.append({ session: state.id, commits: commits.length, writes }, run);
  }

  finish(jobs: readonly Job[]): void {
    this.#fold.isBusy = true;
    for (const { commit, answer } of jobs) {
      const made = answer !== undefined && "decision" in answer ? answer.decision.variables : undefined;
      if (commit !== undefined) this.#fold.apply(commit, made);
    }
    this.#fold.isBusy = false;
    this.#head.landed(this.idle());
    for (const job of jobs) this.#settle(job);
    this.#scheduleFlush();
    if (this.idle()) this.#onIdle?.();
  }

  /** Appends were not made: those that failed fail their writes, and everything else under way is decided anew. */
  async recover(ended: readonly Ended<Job>[]): Promise<void> {
    const again: Job[] = [];
    const durable: Job[] = [];
    for (const { jobs, outcome } of ended) {
      if (outcome === "lost") again.push(...jobs);
      // Jobs without a commit were decided on what is not there.
      else if (outcome === "made") for (const job of jobs) (job.commit === undefined ? again : durable).push(job);
      else for (const job of jobs) job.reject(outcome.error);
    }
    try {
      if (ended.some(({ outcome }) => outcome === "lost" || outcome === "made")) await this.#fold.readOn();
    } catch (error) {
      for (const job of again.splice(0)) job.reject(error);
    }
    for (const job of durable) this.#settle(job);
    this.#line.resume();
    this.#admitAll([...again, ...this.#waiting]);
    if (this.idle()) this.#onIdle?.();
  }

  #admit(job: Job): void {
    const state = this.idle() ? this.#fold.state : this.#head.state();
    const context = job.write.context();
    const earlier = context.requestId === undefined ? undefined : state.requests.get(context.requestId);
    if (earlier !== undefined) job.answer = { kind: "repeated", revision: earlier };
    else if (!this.#decide(job, state, context)) return;
    if (job.commit !== undefined) this.#head.push(job.commit);
    // An answer that rests on writes under way must wait for them: they may yet fail.
    else if (this.idle()) {
      this.#settle(job);
      return;
    }
    this.#waiting = added(this.#waiting, job);
    this.#scheduleFlush();
  }

  #admitAll(jobs: readonly Job[]): void {
    this.#waiting = [];
    this.#head.drop();
    for (const job of jobs) {
      job.commit = undefined;
      this.#admit(job);
    }
  }

  /** Prepares the answer to a job; where its type fails it is answered right away. */
  #decide(job: Job, state: SessionState, context: DecideContext): boolean {
    let decision: BatchDecision;
    try {
      decision = decideSafely(state, job.write, context);
    } catch (error) {
      job.reject(error);
      return false;
    }
    prepareAnswer(job, state, decision, context);
    const { requestId } = context;
    if (requestId !== undefined && job.commit !== undefined)
      rememberRefusals(this.#refusals, this.#fold.state, { requestId, decision });
    return true;
  }

  #settle(job: Job): void {
    const { answer, resolve, reject } = job;
    if (answer === undefined) throw new TypeError("a write is answered before it is decided");
    if (!("kind" in answer)) resolve(answer);
    else if (answer.kind === "refused") reject(new StoreError(answer.refusal));
    else this.#answerAgain(job, answer.revision);
  }

  /** Answers a request that was made before: what it came to then. */
  #answerAgain({ write: { commands }, resolve, reject }: Job, revision: number): void {
    const answered = answerOf(this.#fold, this.#refusals, { revision, commands });
    answered.then(({ commit, decision }) => resolve({ revision, commit, decision, isRepeated: true }), reject);
  }

  #scheduleFlush(): void {
    if (!this.#line.hasRoom() || this.#waiting.length === 0) return;
    const { gather } = this.#fold.log;
    if (gather !== undefined) gather(this.#flush, this.#waiting.length);
    else if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      queueMicrotask(this.#flush);
    }
  }

  /** One function, by which a log knows that it was asked before. */
  readonly #flush = (): void => {
    this.#flushScheduled = false;
    if (!this.#line.hasRoom() || this.#waiting.length === 0) return;
    const jobs = this.#waiting;
    this.#waiting = [];
    this.#line.send(jobs);
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
