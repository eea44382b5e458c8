import { added } from "./added.ts";

/** What became of an append: made, lost to another writer, or failed. */
export type AppendOutcome = "made" | "lost" | { readonly error: unknown };

/** An append that is over, and what it carried. */
export interface Ended<Job> {
  readonly jobs: readonly Job[];
  readonly outcome: AppendOutcome;
}

/** What an append line works with. */
export interface AppendLineOptions<Job> {
  /**
   * Appends that may be under way together, each of what follows on the one before. More than 1 only where nobody else
   * appends: another's entry could take the number of one that was lost, and those behind would follow on that.
   */
  readonly atOnce: number;
  /** Resolves to `false` where another writer was first. */
  readonly append: (jobs: readonly Job[]) => Promise<boolean>;
  /** Called with what is durable, in order. */
  readonly finish: (jobs: readonly Job[]) => void;
  /** Called, once all are answered, with those from the first on that was not made. Nothing is sent until `resume`. */
  readonly recover: (ended: readonly Ended<Job>[]) => void;
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
export function createAppendLine<Job>({ atOnce, append, finish, recover }: AppendLineOptions<Job>): AppendLine<Job> {
  let sent: Sent<Job>[] = [];
  let recovering = false;

  const answer = (one: Sent<Job>, outcome: AppendOutcome): void => {
    one.outcome = outcome;
    for (let [first] = sent; first?.outcome === "made"; [first] = sent) {
      sent.shift();
      finish(first.jobs);
    }
    const ended: Ended<Job>[] = [];
    for (const { jobs, outcome } of sent) if (outcome !== undefined) ended.push({ jobs, outcome });
    recovering = sent[0]?.outcome !== undefined;
    if (!recovering || ended.length < sent.length) return;
    sent = [];
    recover(ended);
  };

  return {
    idle: () => sent.length === 0 && !recovering,
    hasRoom: () => sent.length < atOnce && !recovering,
    send(jobs) {
      const one: Sent<Job> = { jobs, outcome: undefined };
      sent = added(sent, one);
      append(jobs).then(
        (made) => answer(one, made ? "made" : "lost"),
        (error: unknown) => answer(one, { error }),
      );
    },
    resume() {
      recovering = false;
    },
  };
}
