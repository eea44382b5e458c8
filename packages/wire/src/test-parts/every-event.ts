import {
  type Commit,
  createVariable,
  type OptimizationEntry,
  type OptimizationRecord,
  type Permissions,
  type SessionCheckpoint,
  type SessionEvent,
  type SessionSnapshot,
} from "@trimtab/core";

const variable = {
  ...createVariable({
    id: "var_temperature_1",
    name: "temperature",
    type: "float",
    payload: { kind: "number", value: 0.7 },
    constraints: { min: 0, max: 2 },
    metadata: { source: "typescript", big: 2n ** 62n, none: null, bytes: new Uint8Array([1, 2, 255]) },
    description: "how random",
    version: 3,
    revision: 9,
    createdAtMs: 1_795_000_000_000.25,
    updatedAtMs: 1_795_000_000_123.001,
    updatedBy: "ada",
    origin: "python",
  }),
};

const session: SessionSnapshot = {
  id: "source",
  status: "live",
  epoch: "0123456789abcdef",
  revision: 41,
  atMs: 1_795_000_000_500,
  createdAtMs: 1_795_000_000_000,
  ttlMs: 3_600_000,
  metadata: { team: "search" },
  nextNumber: 3,
  totalVariableUpdates: 7,
  variables: [
    variable,
    {
      ...variable,
      id: "var_double_2",
      name: "double",
      derivation: { kind: "expression", expression: "temperature * 2.0" },
      stale: { cause: "no value", sinceRevision: 40 },
    },
  ],
  programs: [{ id: "main", body: { steps: [1, 2] }, createdAtMs: 1_795_000_000_001, updatedAtMs: 1_795_000_000_002 }],
  dependencies: [
    {
      variable: "var_double_2",
      dependsOn: "var_temperature_1",
      kind: "data",
      metadata: {},
      createdAtMs: 1_795_000_000_003,
      revision: 5,
    },
  ],
  rules: [
    {
      name: "sane",
      expression: "temperature <= 1.5",
      message: "too hot",
      description: "",
      disabled: false,
      variables: ["var_temperature_1"],
      createdAtMs: 1_795_000_000_004,
      updatedAtMs: 1_795_000_000_005,
      updatedBy: "ada",
      revision: 6,
    },
  ],
  spaces: [
    {
      name: "all",
      description: "",
      variables: ["var_temperature_1"],
      metadata: { purpose: "tuning" },
      version: 2,
      createdAtMs: 1_795_000_000_006,
      updatedAtMs: 1_795_000_000_007,
      revision: 8,
    },
  ],
  labels: [
    {
      name: "production",
      revision: 4,
      protected: true,
      description: "what runs",
      createdAtMs: 1_795_000_000_008,
      updatedAtMs: 1_795_000_000_009,
      updatedBy: "ada",
    },
  ],
  requests: [["request-1", 7]],
};

const versions = [
  {
    version: 0,
    payload: { kind: "number", value: 0.5 },
    value: 0.5,
    updatedAtMs: 1_795_000_000_000,
    updatedBy: "ada",
    origin: "typescript",
    metadata: {},
    revision: 2,
  },
  {
    version: 1,
    updatedAtMs: 1_795_000_000_100,
    updatedBy: "tuner",
    origin: "other",
    metadata: { optimizer_id: "tuner" },
    revision: 3,
    rolledBackTo: 0,
    causedBy: ["var_a_1"],
  },
] as const;

const entry: OptimizationEntry = {
  optimization: "optimization_7",
  optimizer: "tuner",
  iteration: 3,
  values: { var_a_1: 0.25 },
  metrics: { loss: 0.125, other: -1 },
  recordedAtMs: 1_795_000_000_200,
  revision: 9,
  versions: { var_a_1: 4 },
  metadata: { note: "third" },
};

const optimization: Omit<OptimizationRecord, "entries" | "bests"> = {
  id: "optimization_7",
  variables: ["var_a_1", "var_b_2"],
  optimizer: "tuner",
  config: { steps: 10 },
  holder: "ada",
  state: "running",
  objective: { metric: "loss", direction: "minimize" },
  iteration: 3,
  best: entry,
  maxIterations: 50,
  convergenceThreshold: 0.5,
  feedbackInterval: 2,
  priority: -1,
  startedAtMs: 1_795_000_000_100,
  updatedAtMs: 1_795_000_000_200,
  leaseExpiresAtMs: 1_795_000_300_200,
  cause: "",
  fencingToken: 7,
  leaseTtlMs: 300_000,
};

const { leaseExpiresAtMs: _, ...over } = optimization;

const events: readonly SessionEvent[] = [
  { kind: "session-created", epoch: "e1", ttlMs: 1000, metadata: { a: [true, "b"] } },
  { kind: "session-updated", ttlMs: 2000, metadata: {} },
  {
    kind: "variable-registered",
    id: "var_a_1",
    number: 1,
    name: "a",
    type: "tensor",
    payload: {
      kind: "array",
      value: { dtype: "f32", shape: [1, 2], data: new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64]) },
    },
    constraints: { dtype: "f32" },
    metadata: {},
    description: "",
    readOnly: true,
  },
  {
    kind: "variable-registered",
    id: "var_b_2",
    number: 2,
    name: "b",
    type: "integer",
    payload: { kind: "integer", value: -(2n ** 63n) },
    constraints: {},
    metadata: {},
    description: "",
    readOnly: false,
    derivation: { kind: "function", name: "sum" },
    stale: "no function",
  },
  {
    kind: "variable-set",
    id: "var_c_3",
    name: "c",
    version: 4,
    payload: { kind: "string", value: "now" },
    previous: { kind: "string", value: "now" },
    unchanged: true,
    rolledBackTo: 2,
  },
  {
    kind: "variable-set",
    id: "var_d_4",
    name: "d",
    version: 1,
    payload: { kind: "number", value: Number.NEGATIVE_INFINITY },
    causedBy: ["var_c_3"],
    root: "var_c_3",
  },
  { kind: "variable-changed", variable },
  { kind: "staleness-changed", variable: { ...variable, stale: { cause: "why", sinceRevision: 9 } } },
  { kind: "variable-deleted", id: "var_c_3", name: "c", version: 4, previous: { kind: "boolean", value: false } },
  { kind: "variable-deleted", id: "var_d_4", name: "d", version: 1 },
  { kind: "variable-imported", variable, nextNumber: 8, versions },
  { kind: "program-put", id: "main", body: { text: "…" } },
  { kind: "program-deleted", id: "main" },
  { kind: "dependency-added", variable: "x", dependsOn: "y", dependency: "optimization", metadata: { weight: 1 } },
  { kind: "dependency-removed", variable: "x", dependsOn: "y" },
  { kind: "dependency-changed", id: "x", name: "x", version: 2, causedBy: ["y"] },
  {
    kind: "rule-put",
    rule: { name: "r", expression: "a < b", message: "m", description: "d", disabled: true, variables: ["x"] },
  },
  { kind: "rule-deleted", name: "r" },
  { kind: "space-put", space: { name: "s", description: "d", variables: ["x"], metadata: { a: 1 } } },
  { kind: "space-deleted", name: "s" },
  { kind: "label-set", label: { name: "l", revision: 3, protected: true, description: "d" } },
  { kind: "label-deleted", name: "l" },
  { kind: "session-forked", epoch: "e2", ttlMs: 3000, metadata: {}, from: session },
  { kind: "session-deleted", cause: "session_expired" },
];

/** A commit in which everything that can happen happens once, with every optional part present and absent. */
export const everyEvent: Commit = {
  session: "assistant",
  revision: 42,
  atMs: 1_795_000_001_000.125,
  actor: "ada",
  origin: "elixir",
  metadata: { reason: "golden" },
  requestId: "request-2",
  events,
};

const permissions: Permissions = {
  rules: [
    {
      id: "tuners",
      sessionPattern: "tuner-*",
      permissions: ["read", "write", "observe", "optimize"],
      conditions: { team: "search", level: 2n ** 62n },
      when: "'admin' in caller.roles",
      expiresAtMs: 1_796_000_000_000.5,
      priority: -7,
      effect: "deny",
      description: "not now",
    },
    {
      id: "rule-2",
      sessionPattern: "*",
      permissions: ["read"],
      conditions: {},
      when: "",
      priority: 0,
      effect: "allow",
      description: "",
    },
  ],
  revision: 8,
  updatedAtMs: 1_795_000_000_010,
  updatedBy: "ada",
};

const sharedVariable = { ...variable, sensitive: true, permissions } as const;

/** A commit in which everything happens that is about access. */
export const accessEvent: Commit = {
  session: "assistant",
  revision: 43,
  atMs: 1_795_000_002_000,
  actor: "ada",
  origin: "typescript",
  metadata: {},
  events: [
    {
      kind: "variable-registered",
      id: "var_key_5",
      number: 5,
      name: "key",
      type: "string",
      payload: { kind: "string", value: "secret" },
      constraints: {},
      metadata: {},
      description: "",
      readOnly: false,
      sensitive: true,
      accessRules: permissions.rules,
    },
    { kind: "variable-changed", variable: sharedVariable },
    { kind: "session-permissions-set", rules: permissions.rules },
    { kind: "session-permissions-set", rules: [] },
    {
      kind: "session-forked",
      epoch: "e3",
      ttlMs: 3000,
      metadata: {},
      from: { ...session, variables: [sharedVariable], permissions },
    },
  ],
};

/** A commit in which everything happens that is about optimizations. */
export const leaseEvent: Commit = {
  session: "assistant",
  revision: 44,
  atMs: 1_795_000_002_100,
  actor: "tuner",
  origin: "typescript",
  metadata: {},
  events: [
    { kind: "optimization-started", optimization },
    { kind: "optimization-reported", entry, leaseExpiresAtMs: 1_795_000_300_200 },
    {
      kind: "optimization-reported",
      entry,
      objective: { metric: "score", direction: "maximize" },
      leaseExpiresAtMs: 1_795_000_300_200,
    },
    { kind: "lease-renewed", optimization: "optimization_7", leaseExpiresAtMs: 1_795_000_400_000 },
    { kind: "optimization-ended", optimization: "optimization_7", state: "abandoned", cause: "it went away" },
    {
      kind: "session-forked",
      epoch: "e4",
      ttlMs: 3000,
      metadata: {},
      from: {
        ...session,
        optimizations: [
          { ...optimization, entries: [entry], bests: [0.5, 0.125] },
          { ...over, state: "converged", endedAtMs: 1_795_000_000_300, entries: [], bests: [] },
        ],
      },
    },
  ],
};

/** A checkpoint that has something of everything. */
export const wholeCheckpoint: SessionCheckpoint = { session, history: [["var_temperature_1", versions]] };
