import type { Permission } from "@trimtab/core";

/** A request in the form that a client takes. */
type Request = Readonly<Record<string, unknown>>;

/**
 * Who may make a call. `open`: whoever may call at all. `own`: whoever acts as the session that it names. `owner`: of a
 * variable, only the session that it belongs to, whatever was granted. Otherwise what it takes on the variables that it
 * names, all of these.
 */
export type AccessRow =
  | { readonly kind: "open"; readonly request: Request }
  | { readonly kind: "own"; readonly request: (session: string) => Request }
  | { readonly kind: "owner"; readonly request: (session: string, ref: (name: string) => string) => Request }
  | {
      readonly kind: "variable";
      readonly takes: readonly Permission[];
      readonly request: (session: string, ref: (name: string) => string) => Request;
      /** Says whether an answer is one of access, where having none is no error. */
      readonly isAllowed?: (answer: Readonly<Record<string, unknown>>) => boolean;
    };

type Refs = (name: string) => string;

const own = (request: Request = {}): AccessRow => ({
  kind: "own",
  request: (sessionId) => ({ sessionId, ...request }),
});

const onVariable = (
  takes: readonly Permission[],
  request: (ref: Refs) => Request,
  isAllowed?: (answer: Readonly<Record<string, unknown>>) => boolean,
): AccessRow => ({
  kind: "variable",
  takes,
  request: (sessionId, ref) => ({ sessionId, ...request(ref) }),
  ...(isAllowed !== undefined && { isAllowed }),
});

const byOwner = (request: (ref: Refs) => Request): AccessRow => ({
  kind: "owner",
  request: (sessionId, ref) => ({ sessionId, ...request(ref) }),
});

const value = { kind: { case: "number", value: 3 } } as const;
const spec = { name: "fresh", type: "float", value };
const expression = { kind: { case: "expression", value: "y * 2.0" } } as const;
const revision = { kind: { case: "revision", value: 1n } } as const;
const rule = { sessionPattern: "*", permissions: [1] };
const emptyFile = '{"format":"trimtab-variables","version":1,"exportedAt":"2026-01-01T00:00:00Z"}';
const x = (ref: Refs) => ({ variable: ref("x") });
const both = (ref: Refs) => ({ variables: [ref("x"), ref("y")] });

/** A study of the session itself; what others may do with it is in `study-access.test.ts`. */
const ofStudy = (request: Request = {}): AccessRow => own({ studyId: "s", ...request });
const unitRange = { min: { kind: { case: "number", value: 0 } }, max: { kind: { case: "number", value: 1 } } } as const;

/** Every call of the API, by service and method. */
export const accessRows: Readonly<Record<string, AccessRow>> = {
  "SessionService/CreateSession": own(),
  "SessionService/GetSession": own(),
  "SessionService/ListSessions": { kind: "open", request: {} },
  "SessionService/UpdateSession": own({ updateMask: { paths: ["metadata"] } }),
  "SessionService/TouchSession": own(),
  "SessionService/DeleteSession": own(),
  "SessionService/ForkSession": own({ newSessionId: "guest-2", revision: 1n }),
  "ProgramService/PutProgram": own({ programId: "p", body: {} }),
  "ProgramService/GetProgram": own({ programId: "p" }),
  "ProgramService/ListPrograms": own(),
  "ProgramService/DeleteProgram": own({ programId: "p" }),
  "VariableService/RegisterVariable": own({ spec }),
  "VariableService/BatchRegisterVariables": own({ specs: [spec] }),
  "VariableService/GetVariable": onVariable(["read"], x),
  "VariableService/BatchGetVariables": onVariable(["read"], both, ({ missing }) => (missing as string[]).length === 0),
  "VariableService/ListVariables": own(),
  "VariableService/SetVariable": onVariable(["write"], (ref) => ({ ...x(ref), value })),
  "VariableService/BatchSetVariables": onVariable(["write"], (ref) => ({ updates: [{ ...x(ref), value }] })),
  "VariableService/UpdateVariable": onVariable(["write"], (ref) => ({
    ...x(ref),
    description: "d",
    updateMask: { paths: ["description"] },
  })),
  "VariableService/DeleteVariable": onVariable(["write"], x),
  "VariableService/BatchDeleteVariables": onVariable(["write"], both),
  "VariableService/ListVariableTypes": { kind: "open", request: {} },
  "WatchService/WatchVariables": onVariable(["observe"], both),
  "DependencyService/AddDependency": onVariable(["write", "read"], (ref) => ({
    spec: { ...x(ref), dependsOn: ref("y") },
  })),
  "DependencyService/BatchAddDependencies": onVariable(["write", "read"], (ref) => ({
    specs: [{ ...x(ref), dependsOn: ref("y") }],
  })),
  "DependencyService/RemoveDependency": onVariable(["write", "read"], (ref) => ({
    ...x(ref),
    dependsOn: ref("y"),
    allowMissing: true,
  })),
  "DependencyService/ListDependencies": onVariable(["read"], x),
  "DependencyService/ListDependents": onVariable(["read"], x),
  "DependencyService/SetDerivation": onVariable(["write", "read"], (ref) => ({ ...x(ref), derivation: expression })),
  "DependencyService/ClearDerivation": onVariable(["write", "read"], x),
  "DependencyService/RecomputeVariables": onVariable(["write", "read"], (ref) => ({ variables: [ref("x")] })),
  "RuleService/PutRule": own({ name: "r", expression: "true" }),
  "RuleService/GetRule": own({ name: "r" }),
  "RuleService/ListRules": own(),
  "RuleService/DeleteRule": own({ name: "r" }),
  "RuleService/ValidateRule": own({ expression: "true" }),
  "RuleService/CheckRules": own(),
  "ConfigurationSpaceService/PutConfigurationSpace": own({ name: "c", variables: ["x"] }),
  "ConfigurationSpaceService/GetConfigurationSpace": own({ name: "c" }),
  "ConfigurationSpaceService/ListConfigurationSpaces": own(),
  "ConfigurationSpaceService/DeleteConfigurationSpace": own({ name: "c" }),
  "ConfigurationSpaceService/GetConfiguration": own({ name: "c" }),
  "ConfigurationSpaceService/ApplyConfiguration": own({ name: "c" }),
  "ConfigurationSpaceService/SampleConfigurations": own({ name: "c" }),
  "HistoryService/ListVariableHistory": onVariable(["read"], x),
  "HistoryService/GetVariableAt": onVariable(["read"], (ref) => ({ ...x(ref), at: { case: "version", value: 0n } })),
  "HistoryService/GetSessionAt": own(),
  "HistoryService/DiffRevisions": own(),
  "HistoryService/RollbackVariable": onVariable(["write"], (ref) => ({
    ...x(ref),
    to: { case: "version", value: 0n },
  })),
  "HistoryService/BatchRollbackVariables": onVariable(["write"], (ref) => ({
    rollbacks: [{ ...x(ref), version: 0n }],
  })),
  "HistoryService/RollbackSession": own({ to: revision }),
  "HistoryService/ListCommits": own(),
  "HistoryService/SetLabel": own({ name: "l" }),
  "HistoryService/GetLabel": own({ name: "l" }),
  "HistoryService/ListLabels": own(),
  "HistoryService/DeleteLabel": own({ name: "l" }),
  "TransferService/ExportVariables": onVariable(["read"], both),
  "TransferService/ImportVariables": own({ data: new TextEncoder().encode(emptyFile) }),
  "TransferService/StartImportUpload": own(),
  "TransferService/UploadImportChunk": own({ uploadId: "u" }),
  "TransferService/FinishImportUpload": own({ uploadId: "u" }),
  "TransferService/CancelImportUpload": own({ uploadId: "u" }),
  "OptimizationService/StartOptimization": onVariable(["optimize"], (ref) => ({ ...both(ref), optimizer: "o" })),
  "OptimizationService/RenewLease": own({ optimizationId: "o" }),
  "OptimizationService/ReportProgress": own({ optimizationId: "o" }),
  "OptimizationService/StopOptimization": onVariable(["optimize"], (ref) => ({
    target: { case: "variable", value: ref("x") },
  })),
  "OptimizationService/GetOptimizationStatus": own({ target: { case: "variable", value: "x" } }),
  "OptimizationService/ListOptimizations": own(),
  "OptimizationService/ListOptimizationHistory": own(),
  "StudyService/CreateStudy": onVariable(["optimize"], (ref) => ({
    studyId: "s",
    ...both(ref),
    bounds: ["x", "y"].map((variable) => ({ variable, constraints: unitRange })),
  })),
  "StudyService/GetStudy": ofStudy(),
  "StudyService/ListStudies": own(),
  "StudyService/UpdateStudy": ofStudy({ updateMask: { paths: ["metadata"] } }),
  "StudyService/UpdateStudySpace": ofStudy({ bounds: [{ variable: "x", constraints: unitRange }] }),
  "StudyService/DeleteStudy": ofStudy(),
  "StudyService/RollbackStudy": ofStudy(),
  "StudyService/EnqueueTrial": ofStudy(),
  "StudyService/AskTrials": ofStudy(),
  "StudyService/TellTrial": ofStudy({ result: { trialNumber: 0n, values: [1] } }),
  "StudyService/BatchTellTrials": ofStudy({ results: [{ trialNumber: 0n, values: [1] }] }),
  "StudyService/ReportIntermediateValue": ofStudy({ trialNumber: 0n }),
  "StudyService/FailTrial": ofStudy({ trialNumber: 0n }),
  "StudyService/RenewTrial": ofStudy({ trialNumber: 0n }),
  "StudyService/GetTrial": ofStudy({ trialNumber: 0n }),
  "StudyService/ListTrials": ofStudy(),
  "StudyService/GetBestTrial": ofStudy(),
  "StudyService/ListParetoTrials": ofStudy(),
  "StudyService/GetTrialVariables": ofStudy({ trialNumber: 0n }),
  "StudyService/ApplyTrial": ofStudy(),
  "StudyService/WatchStudy": ofStudy(),
  "AuditService/ListAuditEntries": own(),
  "AuditService/WatchAudit": own(),
  "AccessService/SetVariablePermissions": byOwner((ref) => ({ ...x(ref), rules: [rule] })),
  "AccessService/GetVariablePermissions": byOwner(x),
  "AccessService/SetSessionPermissions": own({ rules: [rule] }),
  "AccessService/GetSessionPermissions": own(),
  "AccessService/CheckAccess": onVariable(
    ["read"],
    (ref) => ({ ...x(ref), permission: 1 }),
    ({ allowed }) => allowed === true,
  ),
  "AccessService/BatchCheckAccess": onVariable(
    ["optimize"],
    (ref) => ({ questions: [{ ...x(ref), permission: 4 }] }),
    ({ allowed }) => (allowed as boolean[])[0] === true,
  ),
  "AccessService/ListAccessible": onVariable(
    ["observe"],
    () => ({ permission: 3 }),
    ({ variables }) => (variables as unknown[]).length === 2,
  ),
  "AccessService/ExplainAccess": byOwner((ref) => ({ ...x(ref), permission: 1, subjectSessionId: "guest" })),
  "AnalyticsService/GetVariableStats": onVariable(["read"], x),
  "AnalyticsService/BatchGetVariableStats": onVariable(
    ["read"],
    both,
    ({ missing }) => (missing as string[]).length === 0,
  ),
  "AnalyticsService/AnalyzeUsage": own(),
  "AnalyticsService/GetCorrelations": own(),
  "AnalyticsService/GetImpact": own({ metric: "loss" }),
  "AnalyticsService/GetConvergenceReport": own({ source: { case: "optimizationId", value: "o" } }),
  "AnalyticsService/ExportStats": own(),
  "AnalyticsService/WatchStats": own(),
  "AnalyticsService/ReportClientReads": own(),
};
