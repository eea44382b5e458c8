import {
  type ApplyTrialOptions,
  isStoreError,
  type RollbackStudyOptions,
  type Store,
  type StoreError,
  type StudyRolledBack,
  storeError,
  type ValueRecord,
  type Written,
} from "@trimtab/core";
import { bestTrial, type Trial } from "@trimtab/optimize";
import { type Asker, requestOf } from "./asker.ts";
import { byRef } from "./by-ref.ts";
import { planApplication } from "./plan-application.ts";
import type { Application } from "./study-entry.ts";
import type { StudyView } from "./study-fold.ts";
import type { StudyName } from "./study-info.ts";
import type { StudyLog } from "./study-log.ts";

/** A study and where its variables live. */
export interface Promotion {
  readonly study: StudyLog;
  readonly name: StudyName;
  /** The store as it is, which reads what there was and makes a commit again. */
  readonly store: Store;
  /** Writes as the caller does. */
  readonly write: WriteVariables;
  /** Rejects where the caller may not write some of the variables. */
  readonly mayWrite: (names: readonly string[]) => Promise<void>;
  readonly asker: (by: ApplyTrialOptions) => Asker;
  /** The session that asks, where the study is not its own. */
  readonly caller?: string;
}

/** Writes variables of the study's session, which it is given by name or id; tells of them by name. */
export type WriteVariables = (
  values: ValueRecord,
  options: NonNullable<Parameters<Store["setVariables"]>[2]>,
) => ReturnType<Store["setVariables"]>;

/**
 * Sets the live variables to a trial's values in one commit. What is about to be written is noted before, and whether it
 * was after: where a process dies in between, whoever applies or rolls back next makes the commit once more under its
 * request id, which makes it for good or finds it made.
 */
export const applyTrial = (promotion: Promotion, options: ApplyTrialOptions): Promise<Promoted> =>
  promotion.study.promote(() => applyInTurn(promotion, options));

type Promoted = StudyRolledBack & { readonly number: number };

async function applyInTurn(promotion: Promotion, options: ApplyTrialOptions): Promise<Promoted> {
  const { study, name, write, asker } = promotion;
  const { requestId } = asker(options);
  const repeated = requestId === undefined ? undefined : study.answered(requestId, asked);
  const application = repeated === undefined ? await begin(promotion, options) : undefined;
  const number = application?.number ?? repeated?.[0] ?? 0;
  const values = study.view?.state.table.all.get(number)?.parameters ?? {};
  // Another variable of the same name, which there may be by now at the same version, is not what was planned for.
  const written = await write(byRef(values, application?.ids), {
    ...who(options),
    metadata: { ...options.metadata, study: name.id, trial: number },
    requestId: application?.requestId ?? options.requestId ?? "",
    expectedVersions: byRef(application?.expectedVersions ?? noVersions(values), application?.ids),
  }).catch(async (error: unknown) => {
    if (application !== undefined && isRefusal(error)) await drop(study, application);
    throw error;
  });
  if (application !== undefined) await note(promotion, application, written.applied);
  return { ...madeBy(written), number };
}

const asked = "apply-trial";
const undoAsked = "rollback-study";

/** Versions that no variable has: what was applied before is answered by its request id, and not made again once that is forgotten. */
const noVersions = (values: ValueRecord): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, Number.MAX_SAFE_INTEGER]));

/** Notes what is about to be written, once it is known of everything before whether it was. */
async function begin(promotion: Promotion, options: ApplyTrialOptions): Promise<Application> {
  const { study, name, store, mayWrite, caller } = promotion;
  for (;;) {
    await settle(promotion);
    const trial = toApply(study.view, name, options.number);
    // Whoever finds it half done makes it as the session itself, so that it must be one that its caller may make.
    await mayWrite(Object.keys(trial.parameters));
    const application = await planApplication(store, { session: name.session, trial, caller }, options);
    const [begun] = await study.commit(
      ({ applying }) =>
        applying === undefined
          ? { happening: { kind: "apply-begun", ...application }, numbers: [trial.number] }
          : { numbers: [] },
      { asked: "begin-apply", actor: options.actor, origin: options.origin, via: options.via },
    );
    if (begun !== undefined) return application;
  }
}

/** Sets the variables back to what they were before the study wrote them, in one commit. */
export const rollBackStudy = (
  promotion: Promotion,
  options: RollbackStudyOptions,
): Promise<StudyRolledBack | undefined> => promotion.study.promote(() => undoInTurn(promotion, options));

async function undoInTurn(
  promotion: Promotion,
  { overrideLaterWrites = false, ...by }: RollbackStudyOptions,
): Promise<StudyRolledBack | undefined> {
  const { study, name, write, asker } = promotion;
  const { requestId } = asker(by);
  if (requestId !== undefined && study.answered(requestId, undoAsked) !== undefined) return undefined;
  await settle(promotion);
  const applied = study.view?.applied;
  if (applied === undefined) return undefined;
  // Another variable of the same name, whatever its version, is what somebody else has written.
  const refs = overrideLaterWrites ? undefined : applied.ids;
  const written = await write(byRef(applied.before, refs), {
    ...who(by),
    // One commit undoes what was applied, however often that is tried.
    requestId: `undo-${applied.token}${overrideLaterWrites ? "-anyway" : ""}`,
    metadata: { ...by.metadata, study: name.id, reason: "rollback" },
    ...(!overrideLaterWrites && { expectedVersions: byRef(applied.versions, refs) }),
  });
  await study.commit(
    (view) => ({
      numbers: [],
      happening: view.applied?.token === applied.token ? { kind: "study-rolled-back" } : undefined,
    }),
    { asked: undoAsked, actor: by.actor, requestId },
  );
  return madeBy(written);
}

/** What is told of a commit that was made whole. */
const madeBy = ({ session, revision, applied }: StudyRolledBack): StudyRolledBack => ({ session, revision, applied });

/** Finds out whether a commit was made of which that is not known, by making it: under its request id that is done once. */
async function settle(promotion: Promotion): Promise<void> {
  const { study, name, store } = promotion;
  const { applying, state } = study.view ?? {};
  if (applying === undefined || state === undefined) return;
  const { expectedVersions, ids, requestId, number } = applying;
  const values = state.table.all.get(number)?.parameters ?? {};
  try {
    const made = await madeByCaller({ store, session: name.session, application: applying, values });
    if (made !== undefined) return await note(promotion, applying, made);
    const { applied } = await store.setVariables(name.session, byRef(values, ids), {
      ...who(applying),
      requestId,
      metadata: { study: name.id, trial: number },
      expectedVersions: byRef(expectedVersions, ids),
    });
    await note(promotion, applying, applied);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await drop(study, applying);
  }
}

interface Made {
  readonly store: Store;
  readonly session: string;
  readonly application: Application;
  readonly values: ValueRecord;
}

/** What another session's caller has written, if it has: under its own request ids, which nobody else can ask by. */
async function madeByCaller({ store, session, application, values }: Made): Promise<Versions | undefined> {
  const { caller, requestId } = application;
  const [variable] = Object.keys(values);
  if (caller === undefined || variable === undefined) return undefined;
  const { items } = await store.listCommits(session, { variable, pageSize: 1000 });
  const commit = items.find((each) => each.requestId === `${caller}/${requestId}`);
  const written = commit?.changes.filter(({ name }) => Object.hasOwn(values, name));
  return written && new Map(written.map((each) => [each.name, each]));
}

/** A commit that was refused on what it says was not made; one that failed otherwise may have been. */
const isRefusal = (error: unknown): error is StoreError =>
  isStoreError(error) &&
  ["invalid_argument", "not_found", "failed_precondition", "aborted", "permission_denied", "out_of_range"].includes(
    error.code,
  );

const who = ({ actor, origin, via, lease }: Pick<ApplyTrialOptions, "actor" | "origin" | "via" | "lease">) => ({
  ...(actor !== undefined && { actor }),
  ...(origin !== undefined && { origin }),
  ...(via !== undefined && { via }),
  ...(lease !== undefined && { lease }),
});

type Versions = ReadonlyMap<string, Pick<Written, "name" | "version">>;

async function note(
  { study, name: { session } }: Promotion,
  { token, number, requestId, caller = session }: Application,
  applied: Versions,
): Promise<void> {
  const versions = Object.fromEntries(Array.from(applied.values(), ({ name, version }) => [name, version]));
  const happening = { kind: "trial-applied", token, versions } as const;
  const isOpen = (view: StudyView) => view.applying?.token === token;
  await study.commit((view) => ({ happening: isOpen(view) ? happening : undefined, numbers: [number] }), {
    asked,
    requestId: requestOf({ session: caller, owner: session }, requestId),
  });
}

async function drop(study: StudyLog, { token }: Application): Promise<void> {
  const happening = { kind: "apply-dropped", token } as const;
  const isOpen = (view: StudyView) => view.applying?.token === token;
  await study.commit((view) => ({ happening: isOpen(view) ? happening : undefined, numbers: [] }), {
    asked: "note-dropped",
  });
}

function toApply(view: StudyView | undefined, { id }: StudyName, number: number | undefined): Trial {
  const trial = view && (number === undefined ? bestTrial(view.state) : view.state.table.all.get(number));
  if (trial?.state === "complete") return trial;
  const problem =
    trial === undefined
      ? number === undefined
        ? "no trial is complete"
        : `there is no trial ${number}`
      : `trial ${trial.number} is ${trial.state}`;
  throw storeError("not_found", `study ${id}: ${problem}`, { resource: "trial", id: String(number ?? "best") });
}
