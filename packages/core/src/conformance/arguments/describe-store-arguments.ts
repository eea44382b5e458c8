import type { OpenStore } from "../store/harness.ts";
import { describeArguments } from "./describe-arguments.ts";
import { prepareStoreCalls, stateOf, storeCalls } from "./store-calls.ts";

/**
 * Registers what every `Store` must hold of arguments that are wrong, as programs without types have them. `open` gives an
 * empty store for each test, which knows at least the type float.
 */
export function describeStoreArguments(name: string, open: OpenStore): void {
  const prepared = async () => {
    const { store, close } = await open();
    await prepareStoreCalls(store);
    const calls = Object.fromEntries(
      Object.keys(storeCalls).map((method) => [method, store[method as keyof typeof store]]),
    );
    return { calls, state: () => stateOf(store), ...(close !== undefined && { close }) };
  };
  describeArguments(name, prepared, storeCalls);
}
