import { createClient, type Transport } from "@connectrpc/connect";
import { checkedCalls, type Origin, type Store, storeArguments, whichGivesUp } from "@trimtab/core";
import {
  AccessService,
  ConfigurationSpaceService,
  DependencyService,
  HistoryService,
  OptimizationService,
  ProgramService,
  RuleService,
  SessionService,
  TransferService,
  VariableService,
  WatchService,
} from "@trimtab/wire/services";
import { createAccessCalls } from "./access-calls.ts";
import { requireClient } from "./argument-kinds.ts";
import { createCaller } from "./caller.ts";
import { createConfigurationSpaceCalls } from "./configuration-space-calls.ts";
import { createDependencyCalls } from "./dependency-calls.ts";
import { createHistoryCalls } from "./history-calls.ts";
import { createLabelCalls } from "./label-calls.ts";
import { createOptimizationCalls } from "./optimization-calls.ts";
import { createProgramCalls } from "./program-calls.ts";
import { createRollbackCalls } from "./rollback-calls.ts";
import { createRuleCalls } from "./rule-calls.ts";
import { createSessionCalls } from "./session-calls.ts";
import { createTransferCalls } from "./transfer-calls.ts";
import { createVariableCalls } from "./variable-calls.ts";
import { createWatchCall } from "./watch-call.ts";

/** What a client says of itself and how long it waits. */
export interface StoreClientOptions {
  /** Who is answerable for this client's writes, where a write does not say. */
  readonly actor?: string;
  /** The runtime that this client's writes come from, where a write does not say; `typescript` unless given. */
  readonly origin?: Origin;
  /**
   * Milliseconds after which a call is given up with `deadline_exceeded`: at most 99 999 999, 30 000 unless given, 0 for never.
   * Watches last.
   */
  readonly timeoutMs?: number;
}

/**
 * Gives the store behind a transport, of any protocol, in Node or in a browser. It behaves as a store in process does,
 * down to its errors. Nothing is kept here: each watch is one stream and each call one request, but for the import of more
 * than a message holds, which is sent in pieces.
 *
 * Beside what a store rejects with, a call rejects with `unavailable` where the server cannot be reached or the
 * connection breaks, and with `deadline_exceeded` where it takes too long; a write may then have been made or not.
 */
export function createStoreClient(transport: Transport, options: StoreClientOptions = {}): Store {
  requireClient(transport, options);
  const giveUpBy = (signal: AbortSignal) => createCalls(transport, options, signal);
  return Object.assign(createCalls(transport, options), { [whichGivesUp]: giveUpBy });
}

function createCalls(transport: Transport, options: StoreClientOptions, signal?: AbortSignal): Store {
  const { actor, origin = "typescript", timeoutMs = 30_000 } = options;
  const caller = createCaller({ actor, origin, timeoutMs, signal });
  const history = createClient(HistoryService, transport);
  const calls: Store = {
    ...createSessionCalls(createClient(SessionService, transport), caller),
    ...createVariableCalls(createClient(VariableService, transport), caller),
    ...createProgramCalls(createClient(ProgramService, transport), caller),
    ...createWatchCall(createClient(WatchService, transport)),
    ...createDependencyCalls(createClient(DependencyService, transport), caller),
    ...createRuleCalls(createClient(RuleService, transport), caller),
    ...createConfigurationSpaceCalls(createClient(ConfigurationSpaceService, transport), caller),
    ...createHistoryCalls(history, caller),
    ...createRollbackCalls(history, caller),
    ...createLabelCalls(history, caller),
    ...createOptimizationCalls(createClient(OptimizationService, transport), caller),
    ...createTransferCalls(createClient(TransferService, transport), caller),
    ...createAccessCalls(createClient(AccessService, transport), caller),
  };
  return checkedCalls(calls, storeArguments);
}
