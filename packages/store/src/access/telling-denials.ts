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
  const teller = (session: unknown) => (error: unknown) => {
    if (isStoreError(error)) {
      const items = error.items.size > 0 ? error.items.values() : [error];
      for (const item of items) tellDenial(telemetry, { principal, session }, item);
    }
    throw error;
  };
  const told = Object.entries(store).map(([name, method]: [string, (...args: never[]) => unknown]) => [
    name,
    (...args: never[]) => {
      if (!telemetry.hears(denial)) return method(...args);
      const tell = teller(args[0]);
      const result = method(...args);
      return result instanceof Promise ? result.catch(tell) : tellingWatch(result as AsyncIterable<WatchEvent>, tell);
    },
  ]);
  return Object.fromEntries(told) as Store;
}

/** Tells of what was refused for want of a permission. */
export function tellDenial(telemetry: Telemetry, { principal, session }: Refused, { reason, details }: Denied): void {
  if (reason !== "access_denied" && reason !== "not_owner") return;
  const denied = details as { session: string; permission?: string };
  // Of what is for its owner alone the error names the owner.
  const session_id = reason === "not_owner" && typeof session === "string" ? session : denied.session;
  const metadata = { session_id, principal, permission: denied.permission ?? "own", reason };
  telemetry.emit({ kind: denial, measurements: { count: 1 }, metadata });
}

/** Who was refused: a principal, and the first argument of its call, which is the session that it acts as wherever one is named. */
interface Refused {
  readonly principal: string;
  readonly session?: unknown;
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
