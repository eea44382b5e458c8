import type { DescService } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { type AnalyticsStore, requireArguments, type Store, type StudyStore, type TypeRegistry } from "@trimtab/core";
import {
  AccessService,
  AnalyticsService,
  AuditService,
  ConfigurationSpaceService,
  DependencyService,
  HistoryService,
  OptimizationService,
  ProgramService,
  RuleService,
  SessionService,
  StudyService,
  TransferService,
  VariableService,
  WatchService,
} from "@trimtab/wire/services";
import { createAccessService } from "./access-service.ts";
import { createAnalyticsService } from "./analytics-service.ts";
import { routesArguments } from "./argument-kinds.ts";
import { createAuditService } from "./audit-service.ts";
import { type AuditOptions, createCallAudit } from "./call-audit.ts";
import { type CallInfo, type CallObserver, createCalls } from "./calls.ts";
import { createConfigurationSpaceService } from "./configuration-space-service.ts";
import { createDependencyService } from "./dependency-service.ts";
import { createHistoryService } from "./history-service.ts";
import { createImportUploads, defaultUploadLimits, type UploadLimits } from "./import-uploads.ts";
import { createOptimizationService } from "./optimization-service.ts";
import { perPrincipal, type StoreFor } from "./principal.ts";
import { createProgramService } from "./program-service.ts";
import { createRuleService } from "./rule-service.ts";
import { createSessionService } from "./session-service.ts";
import { createStudyService } from "./study-service.ts";
import { createTransferService } from "./transfer-service.ts";
import { createVariableService } from "./variable-service.ts";
import { createWatchService } from "./watch-service.ts";

/** Counts how a store is used, and tells of it: `createAnalytics` of `@trimtab/analytics`. */
export interface AnalyticsPart {
  /** Gives a store whose uses are counted. */
  counting(store: Store): Store;
  /** Gives what may be told to those who see this store. */
  of(store: Store, studies?: StudyStore): AnalyticsStore;
}

/** Keeps studies of a store: `createStudies` of `@trimtab/studies`. */
export interface StudiesPart {
  /** Gives what those may do with studies who see this store. */
  of(store: Store): StudyStore;
}

/** What {@link createRoutes} serves and how. */
export interface RoutesOptions {
  readonly store: Store;
  /**
   * Gives what a principal sees of the store, where calls say who makes them by `principalKey`. The store itself, for everyone,
   * unless given.
   */
  readonly storeFor?: StoreFor;
  /** The types that `ListVariableTypes` tells of; without them that call is not served. */
  readonly types?: TypeRegistry;
  /** Without it nothing is counted, and `AnalyticsService` is not served. */
  readonly analytics?: AnalyticsPart;
  /** Without it `StudyService` is not served. */
  readonly studies?: StudiesPart;
  /** Ends every watch with `unavailable`, so that a server need not wait for its watchers. */
  readonly shutdown?: AbortSignal;
  /** How much memory uploads of files may take, where the defaults do not suit. */
  readonly uploads?: Partial<UploadLimits>;
  /** Is asked before a call to a session is answered; what it throws refuses the call. For limits on calls. */
  readonly admit?: (session: string, context: HandlerContext) => void;
  /** What keeps an audit; without it `AuditService` is not served. */
  readonly audit?: AuditOptions | undefined;
  /** Is told of every call, for traces and metrics. */
  readonly observer?: CallObserver;
  /** Hears of every fault behind a call, of which the caller is told no more than that there was one. */
  readonly onInternalError?: (error: unknown, call: CallInfo) => void;
}

/**
 * Makes routes that serve a store, all that it does, by Connect, gRPC and gRPC-web. Calls that are not served answer
 * UNIMPLEMENTED, and so do fields that are set but not acted upon. JSON with a field that is not known is refused. Errors
 * carry `trimtab.v1.ErrorDetail`. Throws `invalid_argument` for options of another kind, and for those that there are none of.
 */
export function createRoutes(given: RoutesOptions): (router: ConnectRouter) => void {
  requireArguments(routesArguments, [given]);
  const {
    store,
    storeFor = () => store,
    types,
    analytics,
    studies,
    shutdown,
    uploads,
    admit,
    audit,
    observer,
    onInternalError = () => {},
  } = given;
  const calls = createCalls({ onInternalError, admit, audit: audit && createCallAudit(audit), observer });
  // A misspelt field in JSON would otherwise be an option silently not taken.
  const options = {
    jsonOptions: { ignoreUnknownFields: false },
    // Changes are sent as bytes encoded before, which protobuf counts among the fields that it does not know.
    binaryOptions: { writeUnknownFields: true },
  };
  const files = createImportUploads({ ...defaultUploadLimits, ...uploads });
  return (router) => {
    const used: StoreFor = analytics === undefined ? storeFor : (principal) => analytics.counting(storeFor(principal));
    const serve = <T extends DescService>(service: T, create: (seen: Store) => Partial<ServiceImpl<T>>) =>
      router.service(service, perPrincipal<T>(used, create), options);
    serve(SessionService, (seen) => createSessionService(seen, calls));
    serve(ProgramService, (seen) => createProgramService(seen, calls));
    serve(VariableService, (seen) => createVariableService(seen, calls, { types, analytics: analytics?.of(seen) }));
    serve(WatchService, (seen) => createWatchService(seen, shutdown, calls));
    serve(DependencyService, (seen) => createDependencyService(seen, calls));
    serve(RuleService, (seen) => createRuleService(seen, calls));
    serve(ConfigurationSpaceService, (seen) => createConfigurationSpaceService(seen, calls));
    serve(HistoryService, (seen) => createHistoryService(seen, calls));
    serve(AccessService, (seen) => createAccessService(seen, calls));
    serve(OptimizationService, (seen) => createOptimizationService(seen, calls));
    serve(TransferService, (seen) => createTransferService(seen, calls, files));
    if (analytics !== undefined) {
      // What analytics read themselves is no use that they count.
      const tell = (seen: Store) => createAnalyticsService(analytics.of(seen, studies?.of(seen)), shutdown, calls);
      router.service(AnalyticsService, perPrincipal<typeof AnalyticsService>(storeFor, tell), options);
    }
    if (studies !== undefined) {
      const tell = (seen: Store) => createStudyService(studies.of(seen), shutdown, calls);
      router.service(StudyService, perPrincipal<typeof StudyService>(storeFor, tell), options);
    }
    if (audit !== undefined) router.service(AuditService, createAuditService(audit.trail, shutdown, calls), options);
  };
}
