export {
  fromWireAccessible,
  fromWireExplanation,
  fromWireSupposed,
  toWireAccessible,
  toWireExplanation,
  toWireSupposed,
} from "./access-answer.ts";
export {
  fromWireAccessRules,
  fromWirePermission,
  fromWirePermissions,
  toWireAccessRules,
  toWirePermission,
  toWirePermissions,
} from "./access-rule.ts";
export { fromWireAuditEntry, fromWireAuditFilter, toWireAuditEntry, toWireAuditFilter } from "./audit-entry.ts";
export { fromWireAuditEvent, toWireAuditEvent } from "./audit-event.ts";
export { encodeFlag, encodeRecord, encodeText, encodeTime, encodeValue, encodeWhole } from "./caller-data.ts";
export { fromWireCommit, toWireCommit } from "./commit-summary.ts";
export { fromWireConfiguration, fromWireSpace, toWireConfiguration, toWireSpace } from "./configuration-space.ts";
export {
  fromWireDependency,
  fromWireDependencyKind,
  fromWireDependencySpec,
  toWireDependency,
  toWireDependencyKind,
  toWireDependencySpec,
} from "./dependency.ts";
export { fromWireDerivation, toWireDerivation } from "./derivation.ts";
export {
  fromErrorDetail,
  fromWireItem,
  fromWireItems,
  noteOf,
  toErrorDetail,
  toWireItem,
  toWireItems,
} from "./error-detail.ts";
export { fromWireIfExists, toWireIfExists } from "./if-exists.ts";
export {
  fromWireImportSummary,
  fromWireStrategy,
  toWireImportSummary,
  toWireStrategy,
} from "./import-summary.ts";
export { findJsonProblem, type JsonProblem, type JsonWords } from "./json/find-json-problem.ts";
export type { NameOf } from "./json/json-forms.ts";
export { quoteIntegers } from "./json/quote-integers.ts";
export { fromWireLabel, toWireLabel } from "./label.ts";
export {
  fromWireEntry,
  fromWireObjective,
  fromWireOptimization,
  fromWireOptimizationState,
  toWireEntry,
  toWireObjective,
  toWireOptimization,
  toWireOptimizationState,
} from "./optimization.ts";
export { fromWantedOrigin, toWireOrigin } from "./origin.ts";
export { toWirePlain, toWireRecord } from "./plain-value.ts";
export { type Present, present } from "./present.ts";
export { fromWireProgram, toWireProgram } from "./program.ts";
export { fromWireRule, fromWireRuleCheck, toWireRule, toWireRuleCheck } from "./rule.ts";
export { fromWireConvergence, fromWireImpacts, toWireConvergence, toWireImpacts } from "./search-report.ts";
export { fromWireSession, toWireSession } from "./session.ts";
export { fromWirePoint, fromWireVersionPoint, toWirePoint, toWireVersionPoint } from "./session-point.ts";
export {
  fromWireMethod,
  fromWireStudy,
  fromWireStudyStatus,
  fromWireTrial,
  fromWireTrialState,
  toWireStudy,
  toWireStudyStatus,
  toWireTrial,
  toWireTrialState,
} from "./study.ts";
export { createStudyJoin, toWireStudyEvent } from "./study-event.ts";
export { fromDuration, fromTimestamp, toDuration, toTimestamp } from "./time.ts";
export {
  fromWireCorrelation,
  fromWireUsageGrouping,
  fromWireUsageReport,
  toWireCorrelation,
  toWireUsageGrouping,
  toWireUsageReport,
} from "./usage-report.ts";
export { fromWirePlain, fromWireRecord, fromWireValue, toWireValue, type WireEntries } from "./value.ts";
export { fromWireVariable, toWireVariable } from "./variable.ts";
export {
  decodeVariableFile,
  encodeVariableFile,
  fromWireVariableFile,
  toWireVariableFile,
  variableFileDepth,
  variableFileVersion,
} from "./variable-file.ts";
export { fromWireVariableOrder, toWireVariableOrder } from "./variable-order.ts";
export { fromWireSpec, toWireSpec } from "./variable-spec.ts";
export { fromWireStatsEvent, fromWireVariableStats, toWireStatsEvent, toWireVariableStats } from "./variable-stats.ts";
export { fromWireDifference, fromWireVersion, toWireDifference, toWireVersion } from "./variable-version.ts";
export { toWireChanges, toWireWatchEvent } from "./watch-event.ts";
export { createWatchJoin } from "./watch-join.ts";
export { fromUint64, toUint64 } from "./whole-number.ts";
export { fromWireContext, noteVia, toWireContext } from "./write-context.ts";
export { fromWireWritten, toWireWritten } from "./written.ts";
