import {
  checkedCalls,
  type Declarations,
  isStoreError,
  requireArguments,
  type Store,
  type StudyInfo,
  type StudyStore,
  type StudyTrial,
  type ValueRecord,
  type ValuesOf,
} from "@trimtab/core";
import { attachingArguments, liveArguments } from "./argument-kinds.ts";
import { type DeclaredRunOptions, type RunOptions, runStudy, type TrialFunction } from "./run-study.ts";

/** Who speaks for a trial; where it is given, it must be the client that holds the trial. */
export interface Speaker {
  readonly clientId?: string;
}

/**
 * A search over variables of a session that any number of processes share, the same wherever the study is kept. What is
 * refused rejects as the methods of a `StudyStore` do, and changes nothing.
 */
export interface LiveStudy {
  /** The study as it is: what it searches, how far it has come. */
  info(): Promise<StudyInfo>;
  /** All trials, by number. */
  trials(): Promise<readonly StudyTrial[]>;
  /** One trial; rejects with `not_found`. */
  trial(number: number): Promise<StudyTrial>;
  /** The best complete trial; rejects with `several_objectives` where the study has more than one. */
  best(): Promise<StudyTrial | undefined>;
  /** The complete trials that no other one beats in every objective. */
  paretoFront(): Promise<readonly StudyTrial[]>;
  /**
   * Hands out a trial: that which the client holds, then those in line, then a new one that the session's rules allow;
   * `undefined` where there is none. Trials unheard of for too long are lost, and put in line again as often as the study says.
   */
  ask(clientId?: string): Promise<StudyTrial | undefined>;
  /** Starts a trial of values that an optimizer elsewhere suggests, one for each variable; `undefined` where there is no room. */
  propose(parameters: ValueRecord, clientId?: string): Promise<StudyTrial | undefined>;
  /** Ends a trial with a value for each objective. */
  tell(
    number: number,
    values: number | readonly number[],
    options?: Speaker & { readonly metrics?: Readonly<Record<string, number>> },
  ): Promise<StudyTrial>;
  /** Records how a trial is doing, keeps it from being lost, and says whether to give it up. */
  report(number: number, step: number, value: number, options?: Speaker): Promise<boolean>;
  /** Keeps a trial from being lost for another while, which {@link LiveStudy.optimize} does by itself. */
  renew(number: number, options?: Speaker): Promise<void>;
  /** Ends a trial that was given up. */
  prune(number: number, options?: Speaker): Promise<StudyTrial>;
  /** Ends a trial without a result; with `retry` its values are put in line again, as often as the study says. */
  fail(number: number, options?: Speaker & { readonly cause?: string; readonly retry?: boolean }): Promise<StudyTrial>;
  /** Puts a trial of given values in line; the sampler fills in those that are missing. */
  enqueue(parameters: ValueRecord): Promise<StudyTrial>;
  /** Searches a variable within other constraints, from the next trial on. The variable's own stay as they are. */
  changeBounds(name: string, constraints: ValueRecord): Promise<void>;
  /**
   * Opens a trial's overlay and gives its session: a fork of the study's session as it is now, in which the trial's values
   * are set and everything derived follows. It is read, watched and written like any session, and seen by nobody else.
   */
  openOverlay(number: number): Promise<string>;
  /** Ends a trial's overlay, where it has one. */
  closeOverlay(number: number): Promise<void>;
  /** Sets the live variables to a complete trial's values, the best one's unless told, in one commit. */
  apply(number?: number): Promise<StudyTrial>;
  /** Sets the variables back to what they were before the study wrote them; rejects with `version_mismatch` where others have since. */
  rollback(): Promise<void>;
  /**
   * Asks, runs the objective and tells, until there are enough trials. The objective takes the values of the variables
   * that `variables` declares, or declares itself what its parameters are.
   */
  optimize<D extends Declarations>(
    objective: TrialFunction<ValuesOf<D>>,
    options: DeclaredRunOptions<D>,
  ): Promise<void>;
  optimize<P = ValueRecord>(objective: TrialFunction<P>, options: RunOptions): Promise<void>;
}

/** Where a study is. */
export interface AttachOptions {
  /** Studies in process, or behind a network. */
  readonly studies: StudyStore;
  /** The store that the study's session is in. */
  readonly store: Store;
  readonly session: string;
  readonly id: string;
}

/** Works on a study that there is. */
export function attachStudy(options: AttachOptions): LiveStudy {
  requireArguments(attachingArguments, [options]);
  const { studies, store, session, id } = options;
  const overlayOf = (number: number) => `${session}~${id}~${number}`;
  const told = { ...createTelling(studies, session, id), ...createReading(studies, session, id) };
  const live: LiveStudy = {
    ...told,
    async openOverlay(number) {
      const { parameters } = await studies.getTrial(session, id, number);
      const { revision } = await store.getSession(session);
      const overlay = overlayOf(number);
      await store.forkSession(session, { kind: "revision", revision }, { id: overlay });
      try {
        await store.setVariables(overlay, parameters);
      } catch (error) {
        // Of the two errors this is the one that says what is wrong.
        await live.closeOverlay(number).catch(() => {});
        throw error;
      }
      return overlay;
    },
    closeOverlay: (number) => store.deleteSession(overlayOf(number), { allowMissing: true }),
    optimize: <P>(objective: TrialFunction<P>, running: RunOptions) => runStudy(live, objective, running),
  };
  return checkedCalls(live, liveArguments);
}

const createReading = (
  studies: StudyStore,
  session: string,
  id: string,
): Pick<LiveStudy, "info" | "trials" | "trial" | "best" | "paretoFront"> => ({
  info: () => studies.getStudy(session, id),
  trials: () => allPages((page) => studies.listTrials(session, id, page)),
  trial: (number) => studies.getTrial(session, id, number),
  best: () =>
    studies.getBestTrial(session, id).catch((error: unknown) => {
      if (isStoreError(error, "not_found") && error.details.resource === "trial") return undefined;
      throw error;
    }),
  paretoFront: () => allPages((page) => studies.listParetoTrials(session, id, page)),
});

type PageOf<T> = { readonly items: readonly T[]; readonly nextPageToken?: string };

async function allPages<T>(read: (page: { pageSize: number; pageToken?: string }) => Promise<PageOf<T>>): Promise<T[]> {
  const items: T[] = [];
  let page = await read({ pageSize: 1000 });
  items.push(...page.items);
  while (page.nextPageToken !== undefined) {
    page = await read({ pageSize: 1000, pageToken: page.nextPageToken });
    items.push(...page.items);
  }
  return items;
}

const createTelling = (
  studies: StudyStore,
  session: string,
  id: string,
): Omit<
  LiveStudy,
  "info" | "trials" | "trial" | "best" | "paretoFront" | "openOverlay" | "closeOverlay" | "optimize"
> => ({
  async ask(clientId) {
    const { trials } = await studies.askTrials(session, id, clientId === undefined ? {} : { clientId });
    return trials[0];
  },
  async propose(parameters, clientId) {
    const client = clientId === undefined ? {} : { clientId };
    const { trials } = await studies.askTrials(session, id, { parameters, ...client });
    return trials[0];
  },
  async tell(number, values, { metrics, ...speaker } = {}) {
    const result = { number, values: typeof values === "number" ? [values] : values, ...(metrics && { metrics }) };
    return (await studies.tellTrial(session, id, result, speaker)).trial;
  },
  report: async (number, step, value, speaker) =>
    (await studies.reportIntermediateValue(session, id, { number, step, value }, speaker)).shouldPrune,
  renew: async (number, speaker) => void (await studies.renewTrial(session, id, number, speaker)),
  prune: async (number, speaker) => (await studies.tellTrial(session, id, { number, state: "pruned" }, speaker)).trial,
  fail: async (number, options) => (await studies.failTrial(session, id, number, options)).trial,
  enqueue: (parameters) => studies.enqueueTrial(session, id, parameters),
  changeBounds: async (name, constraints) => void (await studies.changeBounds(session, id, { [name]: constraints })),
  apply: async (number) => (await studies.applyTrial(session, id, number === undefined ? {} : { number })).trial,
  rollback: async () => void (await studies.rollbackStudy(session, id)),
});
