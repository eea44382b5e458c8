import type { Kind } from "./kind.ts";
import { refuseArguments } from "./refuse-arguments.ts";

/** What the arguments of methods are, by name. */
export type CallKinds = Readonly<Record<string, readonly (readonly [name: string, kind: Kind<never>])[]>>;

type Method = (...args: readonly unknown[]) => unknown;

/**
 * Makes the methods of an object refuse arguments of another kind than theirs before anything is done, as programs without
 * types may hand over, and gives the object. Whatever fails does with a promise that rejects, or where they watch with an
 * iterator that does, unless `tell` says by a method's name how it is told. Each takes its old one's place, so that an object which is
 * quick to look into remains so.
 */
export function checkedCalls<T extends object>(calls: T, kinds: CallKinds, tell = failing): T {
  for (const [name, wanted] of Object.entries(kinds)) {
    const method: unknown = Reflect.get(calls, name);
    if (typeof method === "function") Reflect.set(calls, name, checkedCall(method as Method, wanted, tell(name)));
  }
  return calls;
}

function checkedCall(method: Method, kinds: CallKinds[string], failed: (error: unknown) => unknown): Method {
  return (...args) => {
    const refused = refuseArguments(kinds, args);
    if (refused !== undefined) return failed(refused);
    try {
      return method(...args);
    } catch (error) {
      return failed(error);
    }
  };
}

const failing = (name: string): ((error: unknown) => unknown) =>
  name.startsWith("watch") ? failingWatch : (error) => Promise.reject(error);

const failingWatch = (error: unknown): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});
