import type { Store, StoreError, WatchEvent } from "@trimtab/core";

/** A real store behind a connection that a test can break. */
export interface FragileStore extends Store {
  /** Breaks every stream that is open, with an error or without. */
  cut(error?: StoreError): void;
  /** Lets every call and every new stream fail, until told otherwise. */
  refuse(error: StoreError | undefined): void;
  /** Holds back what streams say, or lets it through again: everything that was held back, in order. */
  hold(holding: boolean): void;
  /** Puts another store behind the same connection, as when a server restarts. Breaks every stream. */
  replace(store: Store): void;
  /** Calls that got through, by method. */
  readonly calls: ReadonlyMap<string, number>;
  /** Options of each watch that was opened. */
  readonly watches: Parameters<Store["watch"]>[];
}

/** Puts a connection that can break in front of a store. */
export function createFragileStore(initial: Store): FragileStore {
  let store = initial;
  let refusal: StoreError | undefined;
  let gate = openGate();
  const cuts = new Set<(error: StoreError | undefined) => void>();
  const calls = new Map<string, number>();
  const watches: Parameters<Store["watch"]>[] = [];

  async function* watch(...args: Parameters<Store["watch"]>): AsyncGenerator<WatchEvent> {
    if (refusal !== undefined) throw refusal;
    watches.push(args);
    const events = store.watch(...args)[Symbol.asyncIterator]();
    const broken = Promise.withResolvers<IteratorReturnResult<undefined>>();
    broken.promise.catch(() => {});
    const cut = (error: StoreError | undefined) =>
      error === undefined ? broken.resolve({ done: true, value: undefined }) : broken.reject(error);
    cuts.add(cut);
    try {
      for (;;) {
        const next = await Promise.race([events.next(), broken.promise]);
        if (next.done) return;
        await Promise.race([gate.opened, broken.promise]);
        yield next.value;
      }
    } finally {
      cuts.delete(cut);
      void events.return?.();
    }
  }

  const controls = {
    watch,
    watches,
    calls,
    cut(error?: StoreError) {
      for (const each of [...cuts]) each(error);
    },
    refuse(error: StoreError | undefined) {
      refusal = error;
    },
    hold(holding: boolean) {
      gate.open();
      gate = holding ? closedGate() : openGate();
    },
    replace(next: Store) {
      store = next;
      controls.cut();
    },
  };
  return new Proxy(controls as unknown as FragileStore, {
    get(target, name: keyof FragileStore) {
      if (name in target) return target[name];
      return async (...args: unknown[]) => {
        if (refusal !== undefined) throw refusal;
        calls.set(name, (calls.get(name) ?? 0) + 1);
        return (store[name as keyof Store] as (...args: unknown[]) => unknown)(...args);
      };
    },
  });
}

function closedGate() {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return { opened, open };
}

function openGate() {
  const gate = closedGate();
  gate.open();
  return gate;
}
