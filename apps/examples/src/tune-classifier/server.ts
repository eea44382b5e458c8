import { once } from "node:events";
import { startServer } from "@trimtab/server";
import { asChild } from "./as-child.ts";

await asChild(async () => {
  const server = await startServer({ listen: { host: "127.0.0.1", port: 0 }, log: "memory", shutdownGraceMs: 500 });
  console.log(`listening on ${server.url}`);
  await once(process, "SIGTERM");
  await server.close();
});
