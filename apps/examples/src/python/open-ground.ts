import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, startServer } from "@trimtab/server";
import { generateStubs } from "./generate-stubs.ts";

/** What a Python program runs against. */
export interface Ground {
  readonly server: RunningServer;
  /** The folder of the generated Python modules. */
  readonly stubs: string;
}

/** Starts a server of its own and generates the Python modules that call it; both go with `cleanup`. */
export async function openGround(cleanup: AsyncDisposableStack): Promise<Ground> {
  const stubs = await mkdtemp(join(tmpdir(), "trimtab-python-"));
  cleanup.defer(() => rm(stubs, { recursive: true, force: true }));
  await generateStubs(stubs);
  const server = await startServer({ listen: { host: "127.0.0.1", port: 0 }, log: "memory", shutdownGraceMs: 0 });
  cleanup.defer(() => server.close());
  return { server, stubs };
}
