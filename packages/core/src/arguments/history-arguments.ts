import type { HistoryStore } from "../store/history-store.ts";
import type { LabelStore } from "../store/label-store.ts";
import { type CallArguments, filled, flag, list, number, object, optional, options, text, whole } from "./kind.ts";
import {
  creation,
  deletion,
  name,
  page,
  point,
  ref,
  session,
  set,
  times,
  versionPoint,
  write,
} from "./shared-kinds.ts";

const at = ["at", point] as const;

/** What the arguments are of what tells of the past and goes back to it. */
export const historyArguments: CallArguments<HistoryStore & LabelStore> = {
  listVariableHistory: [
    session,
    ref,
    [
      "options",
      options({ ...page, ...times, offset: number, optimizer: filled, optimization: filled, includeMetadata: flag }),
    ],
  ],
  getVariableAt: [session, ref, ["at", versionPoint]],
  getSessionAt: [session, at, ["options", options({ ...page, pattern: filled })]],
  diffRevisions: [
    session,
    ["range", object({ before: point, after: optional(point) })],
    ["options", options({ ...page, pattern: filled })],
  ],
  rollbackVariable: [session, ref, ["to", versionPoint], ["options", options(set)]],
  rollbackVariables: [
    session,
    ["rollbacks", list(object({ ref: filled, version: whole, expectedVersion: optional(whole) }))],
    ["options", options(write)],
  ],
  rollbackSession: [
    session,
    ["to", point],
    [
      "options",
      options({
        ...write,
        pattern: filled,
        deleteNew: flag,
        restoreDeleted: flag,
        restoreSurroundings: flag,
        restorePermissions: flag,
        expectedRevision: whole,
        validateOnly: flag,
      }),
    ],
  ],
  listCommits: [
    session,
    ["options", options({ ...page, ...times, variable: filled, actor: filled, includeValues: flag })],
  ],
  forkSession: [session, at, ["options", options(creation)]],

  setLabel: [
    session,
    name,
    [
      "options",
      options({
        ...write,
        at: point,
        protected: flag,
        description: text,
        overrideProtection: flag,
        expectedRevision: whole,
      }),
    ],
  ],
  getLabel: [session, name],
  listLabels: [session, ["options", options({ ...page, pattern: filled })]],
  deleteLabel: [session, name, ["options", options({ ...deletion, overrideProtection: flag })]],
};
