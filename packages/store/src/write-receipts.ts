import {
  type BatchWritten,
  type Command,
  type Commit,
  type Step,
  StoreError,
  stepsOf,
  storeError,
  type VariableSet,
  type Written,
} from "@trimtab/core";
import type { WriteResult } from "./write-pipeline.ts";

/** Receipts of the values that a write set, without those that were derived from them. */
export function writtenBy(session: string, result: WriteResult): Written[] {
  const written: Written[] = [];
  if (!hasCommit(result)) return written;
  for (const step of stepsOf(result.commit)) if (isWritten(step)) written.push(toWritten(session, step, result));
  return written;
}

/** The receipt of the one value that a write set; throws `internal` where there is none. */
export function onlyWritten(session: string, ref: string, result: WriteResult): Written {
  if (hasCommit(result))
    for (const step of stepsOf(result.commit)) if (isWritten(step)) return toWritten(session, step, result);
  throw storeError("internal", `setting ${ref} made no version`, {});
}

const hasCommit = (result: WriteResult): result is WriteResult & { readonly commit: Commit } =>
  result.commit !== undefined;

/** Says whether a step sets a value that somebody wrote, and not one that follows from others. */
const isWritten = (step: Step): step is VariableSet => step.kind === "variable-set" && step.root === undefined;

const toWritten = (
  session: string,
  { id, name, version }: VariableSet,
  { revision, commit }: WriteResult & { readonly commit: Commit },
): Written => ({ session, revision, id, name, version, updatedAtMs: commit.atMs });

/** The receipt of a batch, by the refs that were sent. */
export function toBatchWritten(session: string, commands: readonly Command[], result: WriteResult): BatchWritten {
  const applied = new Map<string, Written>();
  const refused = new Map<string, StoreError>();
  const written = writtenBy(session, result).values();
  for (const [index, outcome] of result.decision.outcomes.entries()) {
    const command = commands[index];
    if (command === undefined || !("ref" in command)) continue;
    if (outcome.kind === "refused") refused.set(command.ref, new StoreError(outcome.refusal));
    else if (command.kind === "set-variable") applied.set(command.ref, written.next().value as Written);
  }
  return { session, revision: result.revision, applied, refused };
}
