import { added } from "./added.ts";

/** What became of an append: made, lost to another writer, or failed. */
export type AppendOutcome = "made" | "lost" | { readonly error: unknown };

/** An append that is over, and what it carried. */
export interface Ended<Job> {
  readonly jobs: readonly Job[];
  readonly outcome: AppendOutcome;
}

/** Whose appends a line sends, and who hears of them. */
export interface Appender<Job> {
  /**
   * Appends that may be under way together, each of what follows on the one before. More than 1 only where nobody else
   * appends: another's entry could take the number of one that was lost, and those behind would follow on that.
   */
  readonly atOnce: number;
  /** Resolves to `false` where another writer was first. */
  append(jobs: readonly Job[]): Promise<boolean>;
  /** Called with what is durable, in order. */
  finish(jobs: readonly Job[]): void;
  /** Called, once all are answered, with those from the first on that was not made. Nothing is sent until `resume`. */
  recover(ended: readonly Ended<Job>[]): void;
}

/** Appends of one session under way. */
export interface AppendLine<Job> {
  /** Nothing is under way, and nothing is to be recovered from. */
  idle(): boolean;
  /** Another append may be sent. */
  hasRoom(): boolean;
  /** Sends jobs behind those that are under way. */
  send(jobs: readonly Job[]): void;
  /** Goes on after a recovery. */
  resume(): void;
}

interface Sent<Job> {
  readonly jobs: readonly Job[];
  outcome: AppendOutcome | undefined;
}

/** Makes a line with nothing under way. */
export const createAppendLine = <Job>(appender: Appender<Job>): AppendLine<Job> => new Line(appender);

/** A class, since there may be one for every session. */
class Line<Job> implements AppendLine<Job> {
  readonly #appender: Appender<Job>;
  #sent: Sent<Job>[] = [];
  #recovering = false;

  constructor(appender: Appender<Job>) {
    this.#appender = appender;
  }

  idle(): boolean {
    return this.#sent.length === 0 && !this.#recovering;
  }

  hasRoom(): boolean {
    return this.#sent.length < this.#appender.atOnce && !this.#recovering;
  }

  send(jobs: readonly Job[]): void {
    const one: Sent<Job> = { jobs, outcome: undefined };
    this.#sent = added(this.#sent, one);
    this.#appender.append(jobs).then(
      (made) => this.#answer(one, made ? "made" : "lost"),
      (error: unknown) => this.#answer(one, { error }),
    );
  }

  resume(): void {
    this.#recovering = false;
  }

  #answer(one: Sent<Job>, outcome: AppendOutcome): void {
    one.outcome = outcome;
    for (let [first] = this.#sent; first?.outcome === "made"; [first] = this.#sent) {
      this.#sent.shift();
      this.#appender.finish(first.jobs);
    }
    const ended: Ended<Job>[] = [];
    for (const { jobs, outcome } of this.#sent) if (outcome !== undefined) ended.push({ jobs, outcome });
    this.#recovering = this.#sent[0]?.outcome !== undefined;
    if (!this.#recovering || ended.length < this.#sent.length) return;
    this.#sent = [];
    this.#appender.recover(ended);
  }
}
