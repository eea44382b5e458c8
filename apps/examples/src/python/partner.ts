import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient, openSession } from "@trimtab/client";
import { embedding } from "@trimtab/types/embedding";
import { float } from "@trimtab/types/float";
import { bigInteger } from "@trimtab/types/integer";

/** What the TypeScript program on the other side holds in the end. */
export interface Held {
  readonly temperature: number;
  /** All 64 bits of it. */
  readonly seed: bigint;
  readonly topic: Float32Array;
}

/** A TypeScript program that works on the same variables as the Python program, over gRPC. */
export interface Partner {
  /** Waits until it has seen all up to a revision, and gives what it holds. */
  heldAt(revision: number): Promise<Held>;
  close(): Promise<void>;
}

/**
 * Opens a session that the Python program has registered variables in: the declarations give no defaults, so a missing
 * one would be an error. It halves the first temperature that Python sets, and tells of everything that it sees.
 */
export async function openPartner(url: string, id: string, tell: (text: string) => void): Promise<Partner> {
  const store = createStoreClient(createGrpcTransport({ baseUrl: url }), { actor: "typescript" });
  const session = await openSession(store, id, {
    temperature: float({ min: 0, max: 2 }),
    seed: bigInteger(),
    topic: embedding({ dimensions: 4, dtype: "f32" }),
  });
  const { temperature } = session.variables;
  session.subscribe((changes) => {
    for (const { actor, key, value, version } of changes)
      tell(`saw ${actor} set ${key} to ${value}, version ${version}`);
  });
  // Python may have been quicker than this program was to open, so the present value counts as well.
  const halve = async (value: number, { version }: { readonly version: number }) => {
    if (version === 1) await temperature.set(value / 2);
  };
  temperature.subscribe(halve, { immediate: true });
  return {
    async heldAt(revision) {
      await session.caughtUp(revision);
      return session.values;
    },
    close: () => session.close(),
  };
}
