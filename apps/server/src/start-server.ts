import type { DescService } from "@bufbuild/protobuf";
import { createAnalytics } from "@trimtab/analytics";
import { type AnyVariableType, createTypeRegistry, isStoreError } from "@trimtab/core";
import type { Pulse } from "@trimtab/http";
import { type LocalStore, type StoreOptions, systemClock } from "@trimtab/store";
import type { StudiesOptions } from "@trimtab/studies";
import { createRoutes, forEachService } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { health as healthProto } from "@trimtab/wire/grpc";
import { openAudit } from "./audit/open-audit.ts";
import { anyone } from "./auth/anyone.ts";
import { openAuth } from "./auth/open-auth.ts";
import { createCors } from "./cors.ts";
import { createApi, type RequestGate } from "./create-api.ts";
import { createFallback } from "./fallback.ts";
import { createForwardedFor } from "./forwarded-for.ts";
import { createHealth } from "./health.ts";
import { openListener } from "./http/listener.ts";
import { observeRefusals } from "./log-calls.ts";
import { createMemoryGuard, defaultMemoryBytes } from "./memory-guard.ts";
import { openLimits } from "./open-limits.ts";
import { openObserving } from "./open-observing.ts";
import { openStore } from "./open-store.ts";
import { openStudies } from "./open-studies.ts";
import { renderPage } from "./page.ts";
import { checkSettings } from "./read-settings.ts";
import { createReflection } from "./reflection.ts";
import { createOpeningReport } from "./report-opening.ts";
import { defaultSettings, type Settings } from "./settings.ts";
import { createStaticFiles } from "./static-files.ts";
import { openTlsFiles } from "./tls-files.ts";
import { createTrustedOrigins } from "./trusted-origins.ts";
import { version } from "./version.ts";

/** What a program may bring along that no setting can say. */
export interface ServerParts {
  /** Further variable types, beside the built-in ones. */
  readonly types?: readonly AnyVariableType[];
  /** Further samplers and pruners of studies, or others of the same names. */
  readonly studies?: Pick<StudiesOptions, "samplers" | "pruners">;
  /** Parts of the store: a clock, a log. */
  readonly store?: Partial<Omit<StoreOptions, "types">>;
  /**
   * Is called with every call before its request is read; what it throws refuses the call. It may leave what it finds
   * out in the context's values, where it finds `peerAddress`.
   */
  readonly requestGate?: RequestGate;
  /** What the limits of time of connections of HTTP/2 are counted by; a timer unless given. */
  readonly pulse?: Pulse;
  /** Hears of faults that callers are told nothing of; printed to standard error unless given. */
  readonly onError?: (error: unknown) => void;
}

/** A server that listens. */
export interface RunningServer {
  /** For instance `http://127.0.0.1:7171`. */
  readonly url: string;
  readonly port: number;
  /** The services that it serves. */
  readonly services: readonly DescService[];
  /** The store that it serves, for use in the same process. */
  readonly store: LocalStore;
  /** Reads anew the files that say who may call, and those of TLS. What is wrong with them is told to `onError`. */
  reload(): void;
  /** Ends watches with `unavailable`, lets calls under way finish within the grace period, and closes the port. */
  close(): Promise<void>;
}

/**
 * Starts a server; settings that are left out have their defaults. Rejects with a `SettingsError` for settings that do not go together,
 * as the command does: also for one that would listen beyond this machine and ask nobody who they are, unless `insecure`.
 */
export async function startServer(given: Partial<Settings> = {}, parts: ServerParts = {}): Promise<RunningServer> {
  const settings = checkSettings({ ...defaultSettings, ...given });
  const observing = openObserving(settings, (error) => onError(error));
  const { logger } = observing;
  // What cannot be read is no fault of the program: where in it that was found helps nobody.
  const toPeople = (error: unknown) => console.error(isStoreError(error, "data_loss") ? error.message : error);
  const onError = parts.onError ?? (logger === undefined ? toPeople : (error: unknown) => logger.error({ err: error }));
  const types = createTypeRegistry([...builtinTypes, ...(parts.types ?? [])]);
  const staticFiles = settings.static === undefined ? undefined : createStaticFiles(settings.static);
  const tls = openTlsFiles(settings);
  const auth = openAuth(settings, onError);
  const opening = createOpeningReport(
    settings.data,
    (line) => (logger ? logger.info(line) : console.error(line)),
    () => performance.now(),
  );
  const audit = await openAudit(settings, { isAsking: auth !== undefined, onError });
  const means = { types, parts, onError, appends: observing.appends, onProgress: opening.found, follow: audit?.follow };
  const opened = await openStore(settings, means).catch(async (error: unknown) => {
    await audit?.close();
    throw error;
  });
  const { store } = opened;
  observing.measure(store);
  const { studies, close: closeStudies } = openStudies(settings, {
    ...{ store, types, parts: parts.studies ?? {}, onError },
    clock: parts.store?.clock ?? systemClock,
    follow: audit?.followStudies,
    recovered: audit?.recovered,
  });
  const closeStore = async () => {
    await closeStudies();
    await audit?.recovered();
    await opened.close();
    await audit?.close();
  };
  const shutdown = new AbortController();
  const limits = openLimits(settings, auth !== undefined);
  const memory = createMemoryGuard(settings.maxMemoryBytes ?? defaultMemoryBytes());
  const unnamed = observing.traced(store.as(anyone));
  const routes = createRoutes({
    store,
    storeFor: (principal) => (principal === undefined ? unnamed : observing.traced(store.as(principal))),
    types,
    analytics: createAnalytics({ readCommits: store.readCommits }),
    studies,
    shutdown: shutdown.signal,
    onInternalError: onError,
    ...(observing.calls !== undefined && { observer: observing.calls }),
    ...(limits.admit !== undefined && { admit: limits.admit }),
    audit: audit?.callsOf(store),
  });
  const services: DescService[] = [];
  forEachService(routes, (service) => void services.push(service));
  services.push(healthProto.Health);
  const health = createHealth(services.map((service) => service.typeName));
  const reflection = createReflection(services);
  const fallback = createFallback({
    page: (url) => renderPage({ version, url, services: services.map(describeService), types: [...types.keys()] }),
    staticFiles,
    metrics: observing.metrics,
    onError,
  });
  const handler = createApi({
    routes: (router) => {
      for (const register of [routes, health.routes, reflection]) register(router);
    },
    readMaxBytes: settings.maxMessageBytes,
    forwardedFor: settings.trustedProxies.length === 0 ? undefined : createForwardedFor(settings.trustedProxies),
    cors: createCors(settings.corsOrigins),
    fallback,
    onError,
    isTrustedOrigin: createTrustedOrigins(settings, auth !== undefined),
    requestGate: observeRefusals(
      inTurn([memory, auth?.gate(audit?.unknownCaller), limits.gate, parts.requestGate]),
      observing.refused,
    ),
    onUnread: observing.refused,
  });
  const listener = await openListener({
    listen: settings.listen,
    handler,
    onFault: onError,
    ...(tls !== undefined && { tls: tls.tls }),
    ...(parts.pulse !== undefined && { pulse: parts.pulse }),
  }).catch(async (error: unknown) => {
    auth?.close();
    await closeStore();
    throw error;
  });
  tls?.watch(listener.renewTls, onError);
  // Calls are answered meanwhile; only new sessions and listings wait until all are known.
  store.countSessions().then(opening.done, (error: unknown) => {
    if (!shutdown.signal.aborted) onError(error);
  });
  logger?.info({ url: listener.url, version, log: settings.log, services: services.length }, "listening");
  return {
    url: listener.url,
    port: listener.port,
    services,
    store,
    reload() {
      logger?.info("reading anew who may call, and the files of TLS");
      auth?.reload();
      tls?.reload();
    },
    async close() {
      logger?.info("stopping: calls under way may finish");
      health.stopServing();
      shutdown.abort();
      auth?.close();
      tls?.close();
      await listener.close(settings.shutdownGraceMs);
      await closeStore();
      await observing.close();
      logger?.info("stopped");
    },
  };
}

const describeService = (service: DescService) => ({
  name: service.typeName,
  methods: service.methods.map((method) => method.name),
});

/** One gate after the other, of those that there are; without a wait where none of them waits. */
function inTurn(gates: readonly (RequestGate | undefined)[]): RequestGate {
  const [first, ...others] = gates.filter((gate) => gate !== undefined);
  if (first === undefined) return () => {};
  const rest = others.length === 0 ? undefined : inTurn(others);
  return (context) => {
    const passing = first(context);
    return passing instanceof Promise ? passing.then(() => rest?.(context)) : rest?.(context);
  };
}
