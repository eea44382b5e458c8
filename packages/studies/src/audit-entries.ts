import type { AuditEntry } from "@trimtab/core";
import type { StudyEntry } from "./study-entry.ts";
import { trialsIn } from "./study-fold.ts";

/** Where an entry of a study is. */
export interface StudyEntryPlace {
  /** The stream of the study. */
  readonly stream: string;
  readonly number: number;
}

/**
 * Gives what an audit enters of an entry of a study: one entry for each trial that changed, or one for the study. What an entry notes of
 * applying a trial and of undoing that are changes of the session, whose commits say so.
 */
export function auditEntriesOf(entry: StudyEntry, { stream, number }: StudyEntryPlace): Omit<AuditEntry, "id">[] {
  const { atMs, actor = "", origin = "typescript", via, request } = entry;
  const [session = "", study = ""] = stream.split("/");
  const { address = "", userAgent = "", protocol = via === undefined ? "in-process" : "" } = via ?? {};
  const basis = basisOf(entry, session);
  return subjectsOf(entry).map(({ action, trial }) => ({
    recordedAtMs: atMs,
    session,
    callerSession: via?.session ?? session,
    actor,
    principal: via?.principal ?? "",
    origin,
    peer: { address, userAgent, protocol },
    action: via?.action ?? action,
    variableId: "",
    variableName: "",
    study,
    ...(trial !== undefined && { trial }),
    revision: number,
    outcome: "succeeded",
    ...basis,
    ...(request !== undefined && { requestId: request.id }),
  }));
}

/** What let it through. Of another session's study that is the permission to optimize, on each variable that it searches. */
function basisOf({ via }: StudyEntry, session: string): Pick<AuditEntry, "basis" | "permission"> {
  if (via === undefined) return { basis: "process" };
  return via.session === session ? { basis: "owner" } : { permission: "optimize" };
}

interface Subject {
  /** What was done, where no call says so. */
  readonly action: string;
  readonly trial?: number;
}

function subjectsOf(entry: StudyEntry): readonly Subject[] {
  switch (entry.kind) {
    case "apply-begun":
    case "apply-dropped":
    case "trial-applied":
    case "study-rolled-back":
      return [];
    case "trial-renewed":
      return [{ action: inWords(entry.kind), trial: entry.number }];
    case "study-advanced":
      return subjectsOfEvents(entry);
    default:
      return [{ action: inWords(entry.kind) }];
  }
}

/** Each trial once, by the last that happened to it, and the study where something happened to that. */
function subjectsOfEvents(entry: StudyEntry & { readonly kind: "study-advanced" }): readonly Subject[] {
  const { events, actor } = entry;
  const trials = [...new Set(trialsIn(entry))].map((trial) => {
    const last = events.findLast((event) => "number" in event && event.number === trial);
    // Whoever fails a trial has a name; nobody asks for one that is lost.
    const isLost = last?.kind === "trial-failed" && actor === undefined;
    return { action: isLost ? "TrialLost" : inWords(last?.kind ?? ""), trial };
  });
  const ofStudy = events.find((event) => !("number" in event));
  return ofStudy === undefined ? trials : [...trials, { action: inWords(ofStudy.kind) }];
}

/** What happened, in the style of calls. */
const inWords = (kind: string): string =>
  kind.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
