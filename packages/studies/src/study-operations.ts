import {
  checkName,
  type Found,
  isStoreError,
  parseVariableRef,
  readPattern,
  StoreError,
  type StudyStore,
  storeError,
  type ValueRecord,
} from "@trimtab/core";
import { askerOf } from "./asker.ts";
import type { DamagedStudies } from "./damaged-studies.ts";
import { endUnreadable } from "./end-unreadable.ts";
import { pageAfter } from "./page-after.ts";
import { randomId } from "./random-id.ts";
import { refuseIf } from "./refuse-if.ts";
import type { Owner, StudyAccess } from "./study-access.ts";
import type { StudyView } from "./study-fold.ts";
import { type StudyName, toInfo } from "./study-info.ts";
import type { Draft, StudyLog } from "./study-log.ts";
import { checkSpace, checkSpec, parsedMetadata, toRecord, withBounds, withSpace } from "./study-spec.ts";
import { followStudy, type Grounds, type StudyTable } from "./study-table.ts";
import { watchStudy } from "./study-watch.ts";
import { decideOne } from "./trial-commands.ts";

/** What the methods of a study store stand on. */
export interface StudyParts {
  readonly table: StudyTable;
  readonly grounds: Grounds;
  readonly access: StudyAccess;
  readonly damaged: DamagedStudies;
}

type StudyMethods = Pick<
  StudyStore,
  "createStudy" | "getStudy" | "listStudies" | "updateStudy" | "changeBounds" | "deleteStudy" | "watchStudy"
>;

/** Studies that one session may have. */
const studiesPerSession = 1000;

/** What deals with studies as a whole. */
export function createStudyMethods({ table, grounds, access, damaged }: StudyParts): StudyMethods {
  return {
    async createStudy(session, given, { ifExists = "refuse", requestId, ...by } = {}) {
      const spec =
        given.configurationSpace === undefined ? given : await withSpace({ grounds, access }, session, given);
      const { id = randomId() } = spec;
      refuseIf(checkName(id, "id", grounds.limits.nameLength));
      checkSpec(spec, grounds.limits);
      const owner = await access.ownerOf(session, spec.variables);
      const name = { session: owner.session, id };
      const study = await table.open(name);
      const isSame = ({ record }: StudyView) => record.epoch === owner.epoch;
      const isTaken = study.view !== undefined && isSame(study.view);
      if (!isTaken) await checkRoom({ table, damaged }, owner);
      const record = isTaken ? undefined : await toRecord(grounds, spec, owner);
      const asked = {
        asked: "create-study",
        ...askerOf(
          { session, owner: owner.session },
          { ...by, ...(requestId !== undefined && { requestId }) },
          grounds.limits,
        ),
      };
      const isNew = record !== undefined && (await study.create(record, isSame, asked));
      const isRepeated = asked.requestId !== undefined && study.answered(asked.requestId, "create-study") !== undefined;
      if (!isNew && !isRepeated && ifExists !== "keep") {
        throw storeError("already_exists", `there is a study ${id} already`, { resource: "study", id });
      }
      // One that is there may search more than the caller has named.
      if (!isNew) await access.locate(session, owner.session === session ? id : `${owner.session}/${id}`);
      return infoOf(study, name);
    },
    async getStudy(session, ref) {
      const { study, name } = await access.locate(session, ref);
      return infoOf(study, name);
    },
    async listStudies(session, { pattern, statuses = [], ...page } = {}) {
      const owner = await access.ownerOf(session, []);
      const matches = readPattern(pattern);
      const wanted = new Set(statuses);
      const ids = (await table.ids(session)).filter(matches);
      const isListed = ({ record, state }: StudyView) =>
        record.epoch === owner.epoch && (wanted.size === 0 || wanted.has(state.status));
      const found: StudyName[] = [];
      for (const id of ids) {
        const name = { session, id };
        const view = await viewOf({ table, damaged }, name);
        if (view !== undefined && isListed(view)) found.push(name);
      }
      const shown = pageAfter(found, page, ({ id }) => id);
      const items = await Promise.all(shown.items.map(async (name) => infoOf(await table.open(name), name)));
      return { ...shown, items };
    },
    async updateStudy(session, ref, { metadata, ...changes }, by = {}) {
      const { study, name, asker } = await access.locate(session, ref);
      const parsed = metadata === undefined ? undefined : parsedMetadata(metadata, grounds.limits);
      const asked = { ...asker(by), asked: "update-study" };
      if (asked.requestId !== undefined && study.answered(asked.requestId, asked.asked) !== undefined)
        return infoOf(study, name);
      const hasChanges = Object.values(changes).some((change) => change !== undefined);
      const decide = (view: StudyView) => decideOne(view, { kind: "update-study", changes });
      if (parsed !== undefined) {
        const replaced = { happening: { kind: "metadata-replaced", metadata: parsed }, numbers: [] } as const;
        const replace = (view: StudyView) => {
          // Refused as a whole.
          if (hasChanges) decide(view);
          return replaced;
        };
        await study.commit(replace, { ...asked, requestId: hasChanges ? undefined : asked.requestId });
      }
      if (hasChanges) await study.commit(decide, asked);
      return infoOf(study, name);
    },
    async changeBounds(session, ref, bounds, { expectedSpaceVersion, ...by } = {}) {
      const { study, name, asker } = await access.locate(session, ref);
      const asked = { asked: "change-bounds", ...asker(by) };
      const { found } = await grounds.store.getVariables(name.session, Object.keys(bounds));
      await study.commit((view) => decideBounds(grounds, view, { bounds, found, expectedSpaceVersion }), asked);
      return infoOf(study, name);
    },
    async deleteStudy(session, ref, { allowMissing = false, ...by } = {}) {
      try {
        const { study, asker } = await access.locate(session, ref);
        await study.commit(() => ({ happening: { kind: "study-deleted" }, numbers: [] }), {
          asked: "delete-study",
          ...asker(by),
        });
      } catch (error) {
        // Of one that cannot be read nothing can be done but this.
        const own = isStoreError(error, "data_loss") ? await access.own(session, ref) : undefined;
        const asked = { asked: "delete-study", ...own?.asker(by) };
        if (own !== undefined && (await endUnreadable(grounds, own.name, asked))) return;
        const isMissing = error instanceof StoreError && error.is("not_found");
        if (!isMissing || !allowMissing) throw error;
      }
    },
    watchStudy(session, ref, options = {}) {
      const { owner, ref: id } = parseVariableRef(session, ref);
      const name = { session: owner, id };
      const ground = {
        name,
        locate: async () => (await access.locate(session, ref)).study,
        follow: (study: StudyLog, signal: AbortSignal) => followStudy(grounds, { name, study, signal }),
        bookmarkIntervalMs: grounds.bookmarkIntervalMs,
      };
      return watchStudy(ground, options);
    },
  };
}

/** A study, where it is there and can be read. */
const viewOf = async (
  { table, damaged }: Pick<StudyParts, "table" | "damaged">,
  name: StudyName,
): Promise<StudyView | undefined> => (await table.open(name).catch(damaged.passOver(name)))?.view;

/** A study as it is now. */
function infoOf(study: StudyLog, name: StudyName) {
  const { view, revision } = study;
  if (view !== undefined) return toInfo(view, name, revision);
  throw storeError("not_found", `there is no study ${name.id}`, { resource: "study", id: name.id });
}

async function checkRoom(parts: Pick<StudyParts, "table" | "damaged">, { session, epoch }: Owner): Promise<void> {
  const ids = await parts.table.ids(session);
  if (ids.length < studiesPerSession) return;
  let count = 0;
  for (const id of ids) {
    const view = await viewOf(parts, { session, id });
    // Those of a session that had the id before do not count.
    if (view?.record.epoch === epoch) count++;
  }
  if (count < studiesPerSession) return;
  const details = { field: "studies", limit: studiesPerSession, value: count + 1 };
  throw storeError("limit_exceeded", `a session may have ${studiesPerSession} studies`, details);
}

function decideBounds(
  { means }: Grounds,
  { variables, state: { spaceVersion, definition } }: StudyView,
  change: {
    readonly bounds: Readonly<Record<string, ValueRecord>>;
    /** The variables that they are given for, as far as they are there. */
    readonly found: Found["found"];
    readonly expectedSpaceVersion: number | undefined;
  },
): Draft {
  const { bounds, found, expectedSpaceVersion = spaceVersion } = change;
  if (expectedSpaceVersion !== spaceVersion) {
    const message = `the bounds have version ${spaceVersion}, not ${expectedSpaceVersion}`;
    const details = { variable: "", expected: expectedSpaceVersion, actual: spaceVersion };
    throw storeError("version_mismatch", message, details);
  }
  const changed = withBounds(variables, bounds, means);
  checkSpace(definition.sampler, changed, means);
  // One that was replaced by another of its name and type is from now on that one.
  const searched = [...found.values()].filter(({ name, type }) =>
    variables.some((each) => each.name === name && each.type === type),
  );
  const ids = Object.fromEntries(Array.from(searched, ({ id, name }) => [name, id]));
  return { happening: { kind: "bounds-changed", variables: changed, ids }, numbers: [] };
}
