import { createClient, type Transport } from "@connectrpc/connect";
import { checkedCalls, type StudyStore, studyArguments } from "@trimtab/core";
import { StudyService } from "@trimtab/wire/services";
import { requireClient } from "./argument-kinds.ts";
import { createCaller } from "./caller.ts";
import type { StoreClientOptions } from "./create-store-client.ts";
import { createStudyCalls } from "./study-calls.ts";
import { createTrialCalls } from "./trial-calls.ts";

/**
 * Gives the studies of the server behind a transport; they reject as those in process do. With `attachStudy` of
 * `@trimtab/studies`, a worker's code is the same wherever the study is.
 */
export function createStudyClient(transport: Transport, options: StoreClientOptions = {}): StudyStore {
  requireClient(transport, options);
  const { actor, origin = "typescript", timeoutMs = 30_000 } = options;
  const client = createClient(StudyService, transport);
  const caller = createCaller({ actor, origin, timeoutMs });
  return checkedCalls({ ...createStudyCalls(client, caller), ...createTrialCalls(client, caller) }, studyArguments);
}
