import {
  checkName,
  checkRange,
  checkWhole,
  checkWritable,
  type Limits,
  leaseTtlLimits,
  parseConstraints,
  parseRecord,
  type Store,
  StoreError,
  type StudyMethod,
  type StudyObjective,
  type StudySpec,
  type StudyVariable,
  storeError,
  type ValueRecord,
  type Variable,
} from "@trimtab/core";
import { createSpaceLayout, refuseRepeated, type Sampler } from "@trimtab/optimize";
import { methodOf, newPrunerOf, newSamplerOf } from "./methods.ts";
import { randomId } from "./random-id.ts";
import { refuseIf } from "./refuse-if.ts";
import type { StudyAccess } from "./study-access.ts";
import type { StudyRecord } from "./study-entry.ts";
import { type StudyMeans, spaceOf } from "./study-fold.ts";
import type { Grounds } from "./study-table.ts";

/** Refuses what is no study whatever there is in its session. */
export function checkSpec(
  { variables, parallelism = 1, maxTrials = 1, maxRetries = 0, ...spec }: StudySpec,
  { nameLength }: Pick<Limits, "nameLength">,
): void {
  if (variables.length === 0)
    throw storeError("invalid_argument", "variables must not be empty", { field: "variables" });
  refuseIf(checkWhole(parallelism, "parallelism", 1));
  refuseIf(checkWhole(maxTrials, "maxTrials", 1));
  refuseIf(checkWhole(maxRetries, "maxRetries", 0));
  refuseIf(checkRange(spec.trialTtlMs ?? 1, "trialTtlMs", leaseTtlLimits));
  refuseIf(checkWhole(spec.seed ?? 0, "seed", 0));
  for (const [index, { metric }] of (spec.objectives ?? []).entries()) {
    refuseIf(checkName(metric, `objectives[${index}].metric`, nameLength));
  }
  refuseRepeated(spec.objectives ?? []);
}

/** A study of a configuration space's variables as one of these. */
export async function withSpace(
  { grounds: { store }, access }: { readonly grounds: Grounds; readonly access: StudyAccess },
  session: string,
  { configurationSpace = "", ...spec }: StudySpec,
): Promise<StudySpec> {
  // Whoever may not act as the session is refused here.
  await access.ownerOf(session, []);
  const { variables } = await store.getConfigurationSpace(session, configurationSpace);
  const { found } = await store.getVariables(session, variables);
  const names = Array.from(found.values(), ({ name }) => name);
  return { ...spec, variables: [...new Set([...spec.variables, ...names])] };
}

/** What is recorded of a new study. */
export async function toRecord(
  grounds: Grounds,
  spec: StudySpec,
  owner: { readonly session: string; readonly epoch: string; readonly names: readonly string[] },
): Promise<StudyRecord> {
  const { pruner, parallelism, maxTrials } = spec;
  const found = await findVariables(grounds.store, owner);
  const variables = withBounds(Array.from(found, toStudyVariable), spec.bounds ?? {}, grounds.means);
  const sampler = newSamplerOf(toMethod(spec.sampler ?? { name: "tpe" }), grounds.means);
  checkSpace(sampler, variables, grounds.means);
  return {
    birth: randomId(),
    epoch: owner.epoch,
    variables,
    ids: Object.fromEntries(Array.from(found, ({ id, name }) => [name, id])),
    objectives: (spec.objectives ?? [{ metric: "loss" }]).map(toObjective),
    sampler: methodOf(sampler),
    ...(pruner !== undefined && { pruner: methodOf(newPrunerOf(toMethod(pruner), grounds.means)) }),
    seed: spec.seed ?? Math.floor(Math.random() * 2 ** 32),
    maxRetries: spec.maxRetries ?? 0,
    trialTtlMs: spec.trialTtlMs ?? 300_000,
    ...(parallelism !== undefined && { parallelism }),
    ...(maxTrials !== undefined && { maxTrials }),
    metadata: parsedMetadata(spec.metadata ?? {}, grounds.limits),
  };
}

const toMethod = ({ name, config = {} }: NonNullable<StudySpec["sampler"]>): StudyMethod => ({ name, config });

const toObjective = ({
  metric,
  direction,
}: Pick<StudyObjective, "metric"> & Partial<StudyObjective>): StudyObjective => ({
  metric,
  direction: direction ?? (metric === "loss" ? "minimize" : "maximize"),
});

/** Takes a study's metadata. */
export function parsedMetadata(metadata: ValueRecord, { metadataBytes }: Pick<Limits, "metadataBytes">): ValueRecord {
  const parsed = parseRecord(metadata, "metadata", metadataBytes);
  if (parsed.kind === "refused") throw new StoreError(parsed.refusal);
  return parsed.value;
}

async function findVariables(
  store: Store,
  { session, names: refs }: { readonly session: string; readonly names: readonly string[] },
): Promise<readonly Variable[]> {
  const variables: Variable[] = [];
  for (const ref of refs) {
    const variable = await store.getVariable(session, ref);
    refuseIf(checkWritable(variable));
    const { name } = variable;
    if (variables.some((each) => each.name === name)) {
      throw storeError("invalid_argument", `variables name ${name} twice`, { field: "variables", value: name });
    }
    variables.push(variable);
  }
  return variables;
}

const toStudyVariable = ({ name, type, constraints }: Variable): StudyVariable => ({ name, type, constraints });

/**
 * Refuses what a sampler cannot search.
 *
 * @throws StoreError `unbounded_space`, and as the sampler does
 */
export const checkSpace = (
  sampler: Sampler,
  variables: readonly StudyVariable[],
  means: Pick<StudyMeans, "types">,
): void => sampler.check?.(createSpaceLayout(spaceOf(variables, means)));

/**
 * The variables, within other bounds where there are such.
 *
 * @throws StoreError `invalid_argument` for a variable that is not searched, `invalid_constraints` for what its type refuses
 */
export function withBounds(
  variables: readonly StudyVariable[],
  bounds: Readonly<Record<string, ValueRecord>>,
  { types }: Pick<StudyMeans, "types">,
): readonly StudyVariable[] {
  const unknown = Object.keys(bounds).find((name) => !variables.some((each) => each.name === name));
  if (unknown !== undefined) {
    throw storeError("invalid_argument", `bounds: ${unknown} is not searched`, { field: "bounds", value: unknown });
  }
  return variables.map((each) => {
    const type = types.get(each.type);
    if (type === undefined || !Object.hasOwn(bounds, each.name)) return each;
    const parsed = parseConstraints(type, bounds[each.name]);
    if (parsed.kind === "refused") throw new StoreError(parsed.refusal);
    return { ...each, constraints: parsed.value };
  });
}
