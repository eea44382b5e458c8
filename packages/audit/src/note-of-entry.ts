import { type AuditEntry, requireArguments } from "@trimtab/core";
import type { EntryNote } from "@trimtab/log";
import { entryArguments } from "./argument-kinds.ts";

/** Puts an entry into words for people: who, what and what came of it, and what it was done to with what decided. */
export function noteOfEntry(entry: AuditEntry): EntryNote {
  requireArguments(entryArguments, [entry]);
  const { actor, principal, callerSession, action, outcome, basis, decidingRule } = entry;
  const subject = subjectOf(entry);
  const by = decidingRule === undefined ? (basis ?? "") : `${basis ?? "rule"} ${decidingRule}`;
  return {
    actor: principal === "" ? actor || callerSession : principal,
    kind: `${action} ${outcome}`,
    subject: by === "" ? subject : `${subject} (by ${by})`,
  };
}

function subjectOf({ session, variableName, study, trial }: AuditEntry): string {
  if (variableName !== "") return variableName.includes("/") ? variableName : `${session}/${variableName}`;
  if (study === undefined) return session;
  return trial === undefined ? `${session}/${study}` : `${session}/${study} trial ${trial}`;
}
