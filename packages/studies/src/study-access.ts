import {
  checkName,
  type ErrorReason,
  isStoreError,
  type Permission,
  parseVariableRef,
  type Store,
  StoreError,
  type StudyCallOptions,
  storeError,
} from "@trimtab/core";
import { type Asker, askerOf } from "./asker.ts";
import type { StudyName } from "./study-info.ts";
import type { StudyLog } from "./study-log.ts";
import type { Grounds, StudyTable } from "./study-table.ts";

/** A study as one caller has found it. */
export interface Located {
  readonly study: StudyLog;
  readonly name: StudyName;
  /** The caller acts as the session that the study belongs to. */
  readonly isOwn: boolean;
  /** Who asks, of what a call says; throws where that is refused. */
  asker(by: StudyCallOptions): Asker;
  /** A variable of the study's session, as the caller calls it. */
  refOf(name: string): string;
}

/** Finds studies as far as a caller may. */
export interface StudyAccess {
  /** Rejects with `not_found` and, where the study is another session's, with `access_denied`. */
  locate(session: string, study: string): Promise<Located>;
  /** The name of a study that is the caller's own, whether or not it can be read; `undefined` for those of others. */
  own(session: string, study: string): Promise<Pick<Located, "name" | "asker"> | undefined>;
  /** The session that variables belong to and their names there; rejects where the caller may not optimize them. */
  ownerOf(session: string, refs: readonly string[]): Promise<Owner>;
  /** Rejects where the caller may not do something with a variable of the session that a study belongs to. */
  check(session: string, located: Located, what: Wanted): Promise<void>;
  /** Whether the caller may read variables of that session, which are named as there. */
  mayRead(session: string, located: Located, names: readonly string[]): Promise<boolean>;
}

/** What is to be done with variables, which are named as in their session. */
export interface Wanted {
  readonly names: readonly string[];
  readonly permission: "read" | "write";
}

/** A session and its epoch. */
export interface Owner {
  readonly session: string;
  readonly epoch: string;
  readonly names: readonly string[];
}

/** Makes what finds studies for those who see a store. */
export function createStudyAccess(table: StudyTable, { store, limits }: Grounds, seen: Store): StudyAccess {
  const may = async (session: string, owner: string, names: readonly string[], permission: Permission) => {
    if (seen === store) return;
    const questions = names.map((name) => ({ ref: `${owner}/${name}`, permission }));
    const answers = await seen.checkAccesses(session, questions);
    const denied = names.find((_, index) => answers[index] !== true);
    if (denied !== undefined) throw denial(session, owner, { what: `${owner}/${denied}`, permission });
  };
  const check: StudyAccess["check"] = async (session, { name, isOwn }, { names, permission }) => {
    if (!isOwn) await may(session, name.session, names, permission);
  };
  return {
    check,
    mayRead: (session, located, names) =>
      check(session, located, { names, permission: "read" }).then(
        () => true,
        (error: unknown) => {
          if (isStoreError(error, "access_denied")) return false;
          throw error;
        },
      ),
    async locate(session, ref) {
      const { owner, ref: id } = parseVariableRef(session, ref);
      const wrong = checkName(id, "study", limits.nameLength);
      if (wrong !== undefined) throw new StoreError(wrong);
      const name = { session: owner, id };
      const { epoch: ownEpoch } = await seen.getSession(session);
      const isOwn = owner === session;
      const refOf = (variable: string) => (isOwn ? variable : `${owner}/${variable}`);
      const epoch = isOwn ? ownEpoch : await epochOf(store, owner);
      const study = epoch === undefined ? undefined : await table.open(name).catch(unlessOfOthers(isOwn));
      const { view } = study ?? {};
      const isThere = view !== undefined && view.record.epoch === epoch;
      if (study !== undefined && isThere) {
        if (!isOwn) {
          const names = view.variables.map((variable) => variable.name);
          await may(session, owner, names, "optimize").catch((error: unknown) => {
            throw isStoreError(error, "access_denied") ? strange(session, name) : error;
          });
        }
        const asker = (by: StudyCallOptions) => askerOf({ session, owner }, by, limits);
        return { study, name, isOwn, asker, refOf };
      }
      throw isOwn
        ? storeError("not_found", `there is no study ${id}`, { resource: "study", id })
        : strange(session, name);
    },
    async own(session, ref) {
      const { owner, ref: id } = parseVariableRef(session, ref);
      if (owner !== session) return undefined;
      await seen.getSession(session);
      return { name: { session, id }, asker: (by) => askerOf({ session, owner }, by, limits) };
    },
    async ownerOf(session, refs) {
      const { epoch: ownEpoch } = await seen.getSession(session);
      const targets = refs.map((ref) => parseVariableRef(session, ref));
      const owner = targets[0]?.owner ?? session;
      const other = targets.findIndex((target) => target.owner !== owner);
      if (other >= 0) {
        const message = `${refs[0]} and ${refs[other]} are variables of two sessions; a study is of one`;
        throw storeError("invalid_argument", message, { field: "variables", value: refs[other] ?? "" });
      }
      const names = targets.map((target) => target.ref);
      if (owner === session) return { session, epoch: ownEpoch, names };
      await may(session, owner, names, "optimize");
      const { epoch } = await store.getSession(owner);
      return { session: owner, epoch, names };
    },
  };
}

async function epochOf(store: Store, session: string): Promise<string | undefined> {
  try {
    return (await store.getSession(session)).epoch;
  } catch (error) {
    if (isStoreError(error) && notToBeSeen.includes(error.reason)) return undefined;
    throw error;
  }
}

/** Why another session is not there, or might as well not be. */
const notToBeSeen: readonly ErrorReason[] = ["session_not_found", "session_expired", "invalid_argument", "data_loss"];

/** A stranger is not told that a study of others cannot be read. */
const unlessOfOthers = (isOwn: boolean) => (error: unknown) => {
  if (isOwn || !isStoreError(error, "data_loss")) throw error;
  return undefined;
};

interface Denied {
  readonly what: string;
  readonly permission: string;
}

const denial = (session: string, owner: string, { what, permission }: Denied) =>
  storeError("access_denied", `${session} may not ${permission} ${what}`, { session: owner, permission });

/** Whether a study of another session is there is told to those who may use it. */
const strange = (session: string, { session: owner, id }: StudyName) =>
  denial(session, owner, { what: `what study ${owner}/${id} searches`, permission: "optimize" });
