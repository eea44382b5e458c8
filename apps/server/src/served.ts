import type { DescService } from "@bufbuild/protobuf";
import {
  AccessService,
  AnalyticsService,
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

/** The services of the API that a server serves. */
export const served: readonly DescService[] = [
  SessionService,
  ProgramService,
  VariableService,
  WatchService,
  DependencyService,
  RuleService,
  ConfigurationSpaceService,
  HistoryService,
  AccessService,
  OptimizationService,
  TransferService,
  AnalyticsService,
];
