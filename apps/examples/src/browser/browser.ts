import { once } from "node:events";
import { servePage } from "./serve-page.ts";

/** Serves the page until it is told to stop; the first argument chooses the port, which is any free one without it. */
export async function runBrowser([port = "0"]: readonly string[] = []): Promise<void> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    console.error(`PORT must be a whole number from 0 to 65535, got "${port}"`);
    process.exitCode = 2;
    return;
  }
  const server = await servePage(Number(port)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
  if (server === undefined) return;
  console.log(`Open this address in two windows, and move something in one of them:

  ${server.url}/?as=ada
  ${server.url}/?as=bob

A third program may join in, for instance curl:

  curl -H 'content-type: application/json' ${server.url}/trimtab.v1.VariableService/SetVariable \\
    -d '{"sessionId": "assistant", "variable": "temperature", "value": {"number": 1.5}, "context": {"actor": "curl"}}'

Stop it with Ctrl-C; the page says that it is gone, and comes back when it is started again on the same port:
npm run example -- browser ${server.port}`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await server.close();
}
