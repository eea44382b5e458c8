import { onTestFinished } from "vitest";
import type { Settings } from "../../src/settings.ts";
import type { RunningServer } from "../../src/start-server.ts";
import { openServer } from "../open-server.ts";
import { openProxy, type TcpProxy } from "./tcp-proxy.ts";

/** Starts a server and a network before it that can be made to fail; both are gone when the test has ended. */
export async function openBehindProxy(
  settings: Partial<Settings> = {},
): Promise<{ readonly server: RunningServer; readonly proxy: TcpProxy }> {
  const server = await openServer(settings);
  onTestFinished(() => server.close());
  const proxy = await openProxy(server.port);
  onTestFinished(() => proxy.close());
  return { server, proxy };
}
