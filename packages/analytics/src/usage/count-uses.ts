import {
  mapPrompt,
  type PromptIterator,
  promptOf,
  type Session,
  type Store,
  storeWhichGivesUp,
  type WatchEvent,
  whichGivesUp,
} from "@trimtab/core";
import { ownerOf, type Uses } from "./uses.ts";

/** Something that a call has read or written, and the ref by which its caller named it. */
type Used = readonly [ref: string, item: { readonly id: string }];

/** A store whose uses are counted: reads of present values, writes, refusals and watches, with how long they took. */
export function countUses(store: Store, uses: Uses): Store {
  const givesUp = (signal: AbortSignal) => countUses(storeWhichGivesUp(store, signal), uses);
  return {
    ...store,
    ...createCountedReads(store, uses),
    ...createCountedWrites(store, uses),
    ...createCountedSessions(store, uses),
    ...(whichGivesUp in store && { [whichGivesUp]: givesUp }),
  };
}

/** Makes the function that has a call's uses counted, under the sessions that what it used belongs to. */
function createTimer(uses: Uses, count: Uses["read"]) {
  const { elapsed } = uses.clock;
  return async <T>(session: string, call: () => Promise<T>, usedBy: (result: T) => Iterable<Used>): Promise<T> => {
    const startedAt = elapsed();
    try {
      const result = await call();
      const durationMs = elapsed() - startedAt;
      const used = Array.from(usedBy(result));
      if (used.every(isOwn)) count(session, used.map(idOf), durationMs);
      else {
        const byOwner = Map.groupBy(used, ([ref]) => ownerOf(session, ref));
        for (const [owner, items] of byOwner) count(owner, items.map(idOf), durationMs);
      }
      return result;
    } catch (error) {
      uses.refused(session);
      throw error;
    }
  };
}

/** As {@link createTimer}, of one variable: nearly every call is of one, so that it is worth its own way. */
function createTimerOfOne(uses: Uses, count: Uses["read"]) {
  const { elapsed } = uses.clock;
  return <T extends { readonly id: string }>(session: string, ref: string, call: () => Promise<T>): Promise<T> => {
    const startedAt = elapsed();
    return call().then(
      (used) => {
        count(ownerOf(session, ref), [used.id], elapsed() - startedAt);
        return used;
      },
      (error: unknown) => {
        uses.refused(session);
        throw error;
      },
    );
  };
}

const isOwn = ([ref]: Used): boolean => !ref.includes("/");
const idOf = ([, { id }]: Used): string => id;

function createCountedReads(
  store: Store,
  uses: Uses,
): Pick<Store, "getVariable" | "getVariables" | "listVariables" | "getConfiguration" | "watch"> {
  const read = createTimer(uses, uses.read);
  const readOne = createTimerOfOne(uses, uses.read);
  return {
    getVariable: (session, ref) => readOne(session, ref, () => store.getVariable(session, ref)),
    getVariables: (session, refs, options) =>
      read(
        session,
        () => store.getVariables(session, refs, options),
        ({ found }) => found,
      ),
    listVariables: (session, options) =>
      read(
        session,
        () => store.listVariables(session, options),
        ({ items }) => items.map((variable): Used => ["", variable]),
      ),
    async getConfiguration(session, name) {
      let members: readonly Used[] = [];
      return read(
        session,
        async () => {
          const result = await store.getConfiguration(session, name);
          // The answer names its variables, and uses are counted by id.
          const { variables } = await store.getConfigurationSpace(session, name);
          members = variables.map((id): Used => ["", { id }]);
          return result;
        },
        () => members,
      );
    },
    watch: (session, selection = {}, options) => ({
      [Symbol.asyncIterator]: () =>
        counted(store.watch(session, selection, options), () => uses.watching(session, selection)),
    }),
  };
}

function createCountedWrites(
  store: Store,
  uses: Uses,
): Pick<Store, "setVariable" | "setVariables" | "applyConfiguration" | "rollbackVariable" | "rollbackVariables"> {
  const write = createTimer(uses, uses.written);
  const writeOne = createTimerOfOne(uses, uses.written);
  return {
    setVariable: (session, ref, value, options) =>
      writeOne(session, ref, () => store.setVariable(session, ref, value, options)),
    setVariables: (session, updates, options) =>
      write(
        session,
        () => store.setVariables(session, updates, options),
        ({ applied }) => applied,
      ),
    applyConfiguration: (session, name, values, options) =>
      write(
        session,
        () => store.applyConfiguration(session, name, values, options),
        ({ applied }) => (options?.validateOnly === true ? [] : applied),
      ),
    rollbackVariable: (session, ref, to, options) =>
      write(
        session,
        () => store.rollbackVariable(session, ref, to, options),
        ({ written }) => [[ref, written]],
      ),
    rollbackVariables: (session, rollbacks, options) =>
      write(
        session,
        () => store.rollbackVariables(session, rollbacks, options),
        ({ applied }) => applied,
      ),
  };
}

/** Keeps what was counted of a session from the next one of its id. */
function createCountedSessions(
  store: Store,
  uses: Uses,
): Pick<Store, "createSession" | "forkSession" | "deleteSession"> {
  const begun = (session: Session): Session => {
    uses.begun(session);
    return session;
  };
  return {
    createSession: (options) => store.createSession(options).then(begun),
    forkSession: (session, at, options) => store.forkSession(session, at, options).then(begun),
    deleteSession: (session, options) => store.deleteSession(session, options).then(() => uses.ended(session)),
  };
}

/** Counts a watch from its first event, before which it may yet be refused, until it ends. */
function counted(events: AsyncIterable<WatchEvent>, begin: () => () => void): PromptIterator<WatchEvent> {
  const iterator = events[Symbol.asyncIterator]();
  let end: (() => void) | undefined;
  const over = <T extends IteratorResult<WatchEvent>>(result: T): T => {
    if (result.done === true) end?.();
    else end ??= begin();
    return result;
  };
  const failed = (error: unknown): never => {
    end?.();
    throw error;
  };
  const passing: <T>(poll: () => T) => T = (poll) => {
    try {
      return poll();
    } catch (error) {
      return failed(error);
    }
  };
  return {
    next: () => iterator.next().then(over, failed),
    async return(value?: unknown) {
      end?.();
      await iterator.return?.(value);
      return { done: true, value: undefined };
    },
    prompt() {
      const prompt = promptOf(iterator);
      if (prompt === undefined) return undefined;
      const { poll, onReady } = mapPrompt(prompt, over);
      return { poll: () => passing(poll), onReady };
    },
  };
}
