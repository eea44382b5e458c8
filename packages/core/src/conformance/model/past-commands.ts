import fc from "fast-check";
import { expect } from "vitest";
import * as plain from "./plain-operations.ts";
import { operation, plainSummary, type SessionCommand, summaryOf } from "./real-session.ts";

/** How far back, from one revision ahead of the present: most of what is picked was there. */
const back = fc.nat({ max: 12 });
const point = (present: number, steps: number) =>
  ({ kind: "revision", revision: Math.max(0, present + 1 - steps) }) as const;
const rollbackAll = back.map((steps) =>
  operation(
    `all back by ${steps - 1} revisions`,
    (session) => plain.rollbackAll(session, point(session.revision, steps).revision),
    ({ store, id }, before) => store.rollbackSession(id, point(before, steps)),
  ),
);
const setLabel = back.map((steps) =>
  operation(
    `label ${steps - 1} revisions back`,
    (session) => plain.setLabel(session, "here", point(session.revision, steps).revision),
    ({ store, id }, before) => store.setLabel(id, "here", { at: point(before, steps) }),
  ),
);

/** Reads what was, and compares it with what the model has kept. */
const readPast = (name: fc.Arbitrary<string>) =>
  fc.tuple(back, name).map(
    ([steps, each]): SessionCommand => ({
      check: (session) => session.past.has(point(session.revision, steps).revision),
      toString: () => `read ${steps - 1} revisions back, and the history of ${each}`,
      async run(session, { store, id }) {
        const at = point(session.revision, steps);
        const past = session.past.get(at.revision);
        const read = await store.getSessionAt(id, at, { pageSize: 1000 });
        expect(summaryOf(read.items)).toEqual(past === undefined ? [] : plainSummary(past));
        const variable = session.state.variables.get(each);
        if (variable === undefined) return;
        const history = await store.listVariableHistory(id, each, { pageSize: 1000 });
        expect(history.items.map((version) => version.value)).toEqual(variable.versions.toReversed());
        const label = session.labels.get("here");
        if (label !== undefined) expect((await store.getLabel(id, "here")).revision).toBe(label);
      },
    }),
  );

/** Copies the session in both ways there are, and compares the copies with what the model has kept. */
const copyElsewhere = back.map(
  (steps): SessionCommand => ({
    check: (session) => session.past.has(point(session.revision, steps).revision),
    toString: () => `fork from ${steps - 1} revisions back, and import what is exported`,
    async run(session, { store, id }) {
      const at = point(session.revision, steps);
      const past = session.past.get(at.revision);
      const listed = async (copy: string) => summaryOf((await store.listVariables(copy, { pageSize: 1000 })).items);
      await store.forkSession(id, at, { id: `${id}-fork` });
      expect(await listed(`${id}-fork`)).toEqual(past === undefined ? [] : plainSummary(past));
      await store.deleteSession(`${id}-fork`);
      await store.createSession({ id: `${id}-import` });
      const { refused } = await store.importVariables(`${id}-import`, await store.exportVariables(id));
      expect([refused, await listed(`${id}-import`)]).toEqual([0, plainSummary(session.state)]);
      await store.deleteSession(`${id}-import`);
    },
  }),
);

/** Commands that are about earlier revisions, of variables with these names. */
export const pastCommands = (name: fc.Arbitrary<string>): readonly fc.Arbitrary<SessionCommand>[] => [
  rollbackAll,
  setLabel,
  readPast(name),
  copyElsewhere,
];
