import { type BatchWritten, type Store, type StudyStore, storeError } from "@trimtab/core";
import { bestTrial, paretoTrials, type Trial } from "@trimtab/optimize";
import { applyTrial, rollBackStudy } from "./apply-trial.ts";
import { present, trialAt } from "./located-trials.ts";
import { withoutOthers } from "./objection-to-others.ts";
import { pageAfter, pageOfTrials } from "./page-after.ts";
import { randomId } from "./random-id.ts";
import type { Located } from "./study-access.ts";
import { toStudyTrial } from "./study-info.ts";
import type { StudyParts } from "./study-operations.ts";

type TrialReads = Pick<
  StudyStore,
  "getTrial" | "listTrials" | "getBestTrial" | "listParetoTrials" | "getTrialVariables" | "applyTrial" | "rollbackStudy"
>;

/** What there is to know of trials, and what makes them count. */
export function createTrialReads({ access, grounds: { store } }: StudyParts, seen: Store): TrialReads {
  const find = async (session: string, ref: string) => {
    const located = await access.locate(session, ref);
    const view = present(located);
    return { located, view, told: (trial: Trial) => toStudyTrial(view, located.name.id, trial) };
  };
  return {
    async getTrial(session, ref, number) {
      const { view, told } = await find(session, ref);
      return told(trialAt(view, number));
    },
    async listTrials(session, ref, { states = [], clientId, newestFirst = false, ...page } = {}) {
      const { view, told } = await find(session, ref);
      const wanted = new Set(states);
      const fits = (trial: Trial) =>
        (wanted.size === 0 || wanted.has(trial.state)) && (clientId === undefined || trial.clientId === clientId);
      const found = pageOfTrials(view.state.table.all, { ...page, newestFirst }, fits);
      return { ...found, items: found.items.map(told) };
    },
    async getBestTrial(session, ref) {
      const { view, told } = await find(session, ref);
      const best = bestTrial(view.state);
      if (best === undefined) throw storeError("not_found", "no trial is complete", { resource: "trial", id: "best" });
      return told(best);
    },
    async listParetoTrials(session, ref, page = {}) {
      const { view, told } = await find(session, ref);
      const found = pageAfter(paretoTrials(view.state), page, ({ number }) => number);
      return { ...found, items: found.items.map(told) };
    },
    async getTrialVariables(session, ref, number, refs) {
      const { located, view } = await find(session, ref);
      const { parameters } = trialAt(view, number);
      const names = refs === undefined || refs.length === 0 ? view.variables.map(({ name }) => name) : refs;
      await access.check(session, located, { names, permission: "read" });
      const owner = located.name.session;
      const { revision } = await store.getSession(owner);
      const overlay = `trial-${randomId()}`;
      await store.forkSession(owner, { kind: "revision", revision }, { id: overlay, ttlMs: overlayTtlMs });
      try {
        await store.setVariables(overlay, parameters).catch((error: unknown) => {
          throw located.isOwn ? error : withoutOthers(error, parameters);
        });
        return { ...(await store.getVariables(overlay, names)), revision };
      } finally {
        await store.deleteSession(overlay, { allowMissing: true });
      }
    },
    async applyTrial(session, ref, options = {}) {
      const located = await access.locate(session, ref);
      const { number, ...written } = await applyTrial(promotionOf(located, session), {
        ...options,
        actor: options.actor ?? session,
      });
      const view = present(located);
      return { ...written, trial: toStudyTrial(view, located.name.id, trialAt(view, number)) };
    },
    async rollbackStudy(session, ref, options = {}) {
      const located = await access.locate(session, ref);
      const undone = await rollBackStudy(promotionOf(located, session), {
        ...options,
        actor: options.actor ?? session,
      });
      if (undone !== undefined) return undone;
      const { revision } = await store.getSession(located.name.session);
      return { session: located.name.session, revision, applied: new Map() };
    },
  };

  function promotionOf(located: Located, session: string) {
    const { study, name, isOwn, asker, refOf } = located;
    const called = <T>(record: Readonly<Record<string, T>>) =>
      Object.fromEntries(Object.entries(record).map(([each, value]) => [refOf(each), value]));
    const write = async (
      values: Parameters<typeof called>[0],
      { expectedVersions, ...options }: NonNullable<Parameters<Store["setVariables"]>[2]>,
    ): Promise<BatchWritten> => {
      const expected = expectedVersions && { expectedVersions: called(expectedVersions) };
      return byName(
        await seen.setVariables(session, called(values) as Record<string, never>, { ...options, ...expected }),
      );
    };
    const mayWrite = (names: readonly string[]) => access.check(session, located, { names, permission: "write" });
    return { study, name, store, asker, write, mayWrite, ...(!isOwn && { caller: session }) };
  }
}

/** How long a fork that nobody could clean up stays. */
const overlayTtlMs = 60_000;

const byName = (written: BatchWritten): BatchWritten => ({
  ...written,
  applied: new Map(Array.from(written.applied.values(), (each) => [each.name, each])),
});
