import { requireArguments, type Store, type StudySpec, storeError, type TypeRegistry } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import type { Objective, Pruner, Sampler } from "@trimtab/optimize";
import { openingArguments } from "./argument-kinds.ts";
import { createStudies } from "./create-studies.ts";
import { attachStudy, type LiveStudy } from "./live-study.ts";
import type { StudyEntry } from "./study-entry.ts";

/** What a study works on, and how. What is recorded when it is created holds from then on, whatever is given later. */
export interface StudyOptions
  extends Pick<StudySpec, "parallelism" | "maxTrials" | "maxRetries" | "trialTtlMs" | "seed"> {
  /** Where the variables are: in process, or behind a network. */
  readonly store: Store;
  /** Where the study is kept: a log of its own, beside that of the sessions. */
  readonly log: CommitLog<StudyEntry>;
  readonly types: TypeRegistry;
  readonly session: string;
  /** Names the study in its session. */
  readonly id: string;
  /** Names of the variables to search, each over what its constraints allow. */
  readonly variables: readonly string[];
  /** `loss`, minimised, unless given. */
  readonly objectives?: readonly Objective[];
  /** TPE unless given; the same whenever the study is opened. */
  readonly sampler?: Sampler;
  readonly pruner?: Pruner;
  /** The time, in milliseconds; the system's unless given. */
  readonly now?: () => number;
}

/**
 * Opens a study of a session, which goes on where it was, or creates it; with seed 0 unless one is given.
 *
 * @throws StoreError `not_found` and `read_only` for variables that cannot be searched, `unbounded_space` for those whose
 *   constraints leave no finite region
 */
export async function openStudy(options: StudyOptions): Promise<LiveStudy> {
  requireArguments(openingArguments, [options]);
  const { store, log, types, session, id, sampler, pruner, now, ...spec } = options;
  const given = { ...(sampler && { samplers: [sampler] }), ...(pruner && { pruners: [pruner] }), ...(now && { now }) };
  const studies = createStudies({ store, log, types, ...given }).of(store);
  const wanted = {
    seed: 0,
    ...spec,
    id,
    ...(sampler && { sampler: { name: sampler.name } }),
    ...(pruner && { pruner: { name: pruner.name } }),
  };
  const study = await studies.createStudy(session, wanted, { ifExists: "keep" });
  const [hadSampler, hadPruner] = [study.sampler.name, study.pruner?.name ?? ""];
  if (hadSampler !== (sampler?.name ?? "tpe") || hadPruner !== (pruner?.name ?? "")) {
    const message = `the study was created with sampler ${hadSampler} and pruner ${hadPruner || "none"}`;
    throw storeError("invalid_argument", message, { field: "sampler", value: sampler?.name ?? "tpe" });
  }
  return attachStudy({ studies, store, session, id });
}
