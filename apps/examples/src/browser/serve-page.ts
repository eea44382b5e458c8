import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, startServer } from "@trimtab/server";
import { bundlePage } from "./bundle-page.ts";

/** Bundles the page and starts a server that has it at `/`, on a port of this machine; any free one where it is 0. */
export async function servePage(port = 0): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "trimtab-page-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    await bundlePage(folder);
    const server = await startServer({ listen: { host: "127.0.0.1", port }, log: "memory", static: folder });
    const close = () => server.close().finally(removeFolder);
    return { ...server, close };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
