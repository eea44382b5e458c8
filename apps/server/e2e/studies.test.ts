import { createStoreClient, createStudyClient } from "@trimtab/client";
import { describeStudies } from "@trimtab/core/conformance";
import { openServer, transports } from "./open-server.ts";

for (const [name, createTransport] of Object.entries(transports)) {
  describeStudies(name, async () => {
    const server = await openServer({ bookmarkIntervalMs: 20 });
    const transport = createTransport(server.url);
    return { store: createStoreClient(transport), studies: createStudyClient(transport), close: () => server.close() };
  });
}
