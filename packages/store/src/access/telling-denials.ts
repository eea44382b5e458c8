import {
  isStoreError,
  type Principal,
  type Store,
  type StoreError,
  type Telemetry,
  type WatchEvent,
} from "@trimtab/core";

const denial = "trimtab.access_control.violation";

/** A principal's store that tells of every call which is refused for want of a permission. Costs a check while nobody listens. */
export function tellDenials(store: Store, telemetry: Telemetry, { id: principal }: Principal): Store {
  const tell = (error: unknown): never => {
    if (isStoreError(error)) {
      const items = error.items.size > 0 ? error.items.values() : [error];
      for (const item of items) tellDenial(telemetry, principal, item);
    }
    throw error;
  };
  const told = Object.entries(store).map(([name, method]: [string, (...args: never[]) => unknown]) => [
    name,
    (...args: never[]) => {
      if (!telemetry.hears(denial)) return method(...args);
      const result = method(...args);
      return result instanceof Promise ? result.catch(tell) : tellingWatch(result as AsyncIterable<WatchEvent>, tell);
    },
  ]);
  return Object.fromEntries(told) as Store;
}

/** Tells of what was refused for want of a permission. */
export function tellDenial(telemetry: Telemetry, principal: string, { reason, details }: Denied): void {
  if (reason !== "access_denied" && reason !== "not_owner") return;
  const { session, permission } = details as { session: string; permission?: string };
  telemetry.emit({
    kind: denial,
    measurements: { count: 1 },
    metadata: { session_id: session, principal, permission: permission ?? "own", reason },
  });
}

type Denied = Pick<StoreError, "reason" | "details">;

const tellingWatch = (
  watch: AsyncIterable<WatchEvent>,
  tell: (error: unknown) => never,
): AsyncIterable<WatchEvent> => ({
  [Symbol.asyncIterator]() {
    const events = watch[Symbol.asyncIterator]();
    return {
      next: () => events.next().catch(tell),
      return: async (value?: unknown) => (await events.return?.(value)) ?? { done: true, value: undefined },
    };
  },
});
