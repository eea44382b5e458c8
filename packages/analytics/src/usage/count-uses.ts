import type { Store, WatchEvent } from "@trimtab/core";
import type { Uses } from "./uses.ts";

/** A store whose uses are counted: reads of present values, writes, refusals and watches, with how long they took. */
export function countUses(store: Store, uses: Uses): Store {
  const { elapsed } = uses.clock;
  const timed = async <T>(
    session: string,
    call: () => Promise<T>,
    count: (result: T, durationMs: number) => void,
  ): Promise<T> => {
    const startedAt = elapsed();
    try {
      const result = await call();
      count(result, elapsed() - startedAt);
      return result;
    } catch (error) {
      uses.refused(session);
      throw error;
    }
  };
  const read = <T>(session: string, call: () => Promise<T>, idsOf: (result: T) => readonly string[]) =>
    timed(session, call, (result, durationMs) => uses.read(session, idsOf(result), durationMs));
  const write = <T>(session: string, call: () => Promise<T>, idsOf: (result: T) => readonly string[]) =>
    timed(session, call, (result, durationMs) => uses.written(session, idsOf(result), durationMs));

  return {
    ...store,
    getVariable: (session, ref) =>
      read(
        session,
        () => store.getVariable(session, ref),
        ({ id }) => [id],
      ),
    getVariables: (session, refs) =>
      read(
        session,
        () => store.getVariables(session, refs),
        ({ found }) => Array.from(found.values(), idOf),
      ),
    listVariables: (session, options) =>
      read(
        session,
        () => store.listVariables(session, options),
        ({ items }) => items.map(idOf),
      ),
    async getConfiguration(session, name) {
      let tookMs = 0;
      const result = await timed(
        session,
        () => store.getConfiguration(session, name),
        (_, durationMs) => {
          tookMs = durationMs;
        },
      );
      // The answer names its variables, and uses are counted by id.
      const { variables } = await store.getConfigurationSpace(session, name);
      uses.read(session, variables, tookMs);
      return result;
    },
    setVariable: (session, ref, value, options) =>
      write(
        session,
        () => store.setVariable(session, ref, value, options),
        ({ id }) => [id],
      ),
    setVariables: (session, updates, options) =>
      write(
        session,
        () => store.setVariables(session, updates, options),
        ({ applied }) => Array.from(applied.values(), idOf),
      ),
    applyConfiguration: (session, name, values, options) =>
      options?.validateOnly === true
        ? store.applyConfiguration(session, name, values, options)
        : write(
            session,
            () => store.applyConfiguration(session, name, values, options),
            ({ applied }) => Array.from(applied.values(), idOf),
          ),
    rollbackVariable: (session, ref, to, options) =>
      write(
        session,
        () => store.rollbackVariable(session, ref, to, options),
        ({ written }) => [written.id],
      ),
    rollbackVariables: (session, rollbacks, options) =>
      write(
        session,
        () => store.rollbackVariables(session, rollbacks, options),
        ({ applied }) => Array.from(applied.values(), idOf),
      ),
    watch: (session, selection = {}, options) => ({
      [Symbol.asyncIterator]: () =>
        counted(store.watch(session, selection, options), () => uses.watching(session, selection)),
    }),
  };
}

const idOf = ({ id }: { readonly id: string }): string => id;

/** Counts a watch from its first event, before which it may yet be refused, until it ends. */
function counted(events: AsyncIterable<WatchEvent>, begin: () => () => void): AsyncIterator<WatchEvent> {
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
  return {
    next: () => iterator.next().then(over, failed),
    async return(value?: unknown) {
      end?.();
      return (await iterator.return?.(value)) ?? { done: true, value: undefined };
    },
  };
}
