import type { Latency, StatsFile, StatsFormat, Variable, VariableStats } from "@trimtab/core";

/** A variable's statistics, with what names it. */
export interface StatsEntry {
  readonly session: string;
  readonly variable: Pick<Variable, "id" | "name" | "type">;
  readonly stats: VariableStats;
}

/** Writes statistics as a file. */
export function writeStats(entries: readonly StatsEntry[], format: StatsFormat): StatsFile {
  const { text, contentType } = writers[format];
  return { data: new TextEncoder().encode(text(entries)), contentType };
}

const fields = {
  session: ({ session }: StatsEntry) => session,
  id: ({ variable }: StatsEntry) => variable.id,
  name: ({ variable }: StatsEntry) => variable.name,
  type: ({ variable }: StatsEntry) => variable.type,
  read_count: ({ stats }: StatsEntry) => stats.readCount,
  write_count: ({ stats }: StatsEntry) => stats.writeCount,
  cache_hits: ({ stats }: StatsEntry) => stats.cacheHits,
  cache_misses: ({ stats }: StatsEntry) => stats.cacheMisses,
  observer_count: ({ stats }: StatsEntry) => stats.observerCount,
  ...latencyFields("read", ({ stats }) => stats.readLatency),
  ...latencyFields("write", ({ stats }) => stats.writeLatency),
  last_accessed_at: ({ stats }: StatsEntry) => timeOf(stats.lastAccessedAtMs),
  since: ({ stats }: StatsEntry) => timeOf(stats.sinceMs),
};

function latencyFields(of: string, latency: (entry: StatsEntry) => Latency) {
  const parts = {
    measured: "count",
    mean_ms: "meanMs",
    p50_ms: "p50Ms",
    p95_ms: "p95Ms",
    p99_ms: "p99Ms",
    max_ms: "maxMs",
  } as const;
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [`${of}_${name}`, (entry: StatsEntry) => latency(entry)[part]]),
  );
}

const timeOf = (atMs: number | undefined): string | null => (atMs === undefined ? null : new Date(atMs).toISOString());

const writers: Record<
  StatsFormat,
  { readonly contentType: string; readonly text: (entries: readonly StatsEntry[]) => string }
> = {
  json: {
    contentType: "application/json",
    text: (entries) => {
      const variables = entries.map((entry) =>
        Object.fromEntries(Object.entries(fields).map(([name, read]) => [name, read(entry)])),
      );
      return `${JSON.stringify({ variables }, undefined, 2)}\n`;
    },
  },
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    text: (entries) => {
      const rows = entries.map((entry) => Object.values(fields).map((read) => cell(read(entry))));
      return [Object.keys(fields), ...rows].map((row) => `${row.join(",")}\r\n`).join("");
    },
  },
  prometheus: { contentType: "text/plain; version=0.0.4; charset=utf-8", text: writePrometheus },
};

/** A cell of CSV (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe in front. */
function cell(value: string | number | null): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

interface Sample {
  readonly suffix?: string;
  readonly labels?: string;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "summary";
  readonly samples: (stats: VariableStats) => readonly Sample[];
}

const counter = (name: string, help: string, read: (stats: VariableStats) => number): Metric => ({
  name: `trimtab_variable_${name}_total`,
  help,
  type: "counter",
  samples: (stats) => [{ value: read(stats) }],
});

const summary = (name: string, help: string, read: (stats: VariableStats) => Latency): Metric => ({
  name: `trimtab_variable_${name}_duration_seconds`,
  help,
  type: "summary",
  samples: (stats) => {
    const { count, meanMs, p50Ms, p95Ms, p99Ms } = read(stats);
    if (count === 0) return [];
    const quantiles = [
      ["0.5", p50Ms],
      ["0.95", p95Ms],
      ["0.99", p99Ms],
    ] as const;
    return [
      ...quantiles.map(([quantile, ms]) => ({ labels: `,quantile="${quantile}"`, value: ms / 1000 })),
      { suffix: "_sum", value: (meanMs * count) / 1000 },
      { suffix: "_count", value: count },
    ];
  },
});

const metrics: readonly Metric[] = [
  counter("reads", "Times the value was given out.", ({ readCount }) => readCount),
  counter("writes", "Versions that were written.", ({ writeCount }) => writeCount),
  counter("cache_hits", "Reads that clients answered from their own caches.", ({ cacheHits }) => cacheHits),
  counter("cache_misses", "Reads that clients' own caches could not answer.", ({ cacheMisses }) => cacheMisses),
  {
    name: "trimtab_variable_observers",
    help: "Watches that select the variable.",
    type: "gauge",
    samples: ({ observerCount }) => [{ value: observerCount }],
  },
  {
    name: "trimtab_variable_last_accessed_timestamp_seconds",
    help: "When the variable was last read or written.",
    type: "gauge",
    samples: ({ lastAccessedAtMs }) => (lastAccessedAtMs === undefined ? [] : [{ value: lastAccessedAtMs / 1000 }]),
  },
  summary("read", "Time to answer a read, as measured on a sample.", ({ readLatency }) => readLatency),
  summary("write", "Time to make a write durable.", ({ writeLatency }) => writeLatency),
];

/** The text format of Prometheus, version 0.0.4. */
function writePrometheus(entries: readonly StatsEntry[]): string {
  const lines: string[] = [];
  for (const { name, help, type, samples } of metrics) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const { session, variable, stats } of entries) {
      const labels = `session="${label(session)}",variable="${label(variable.name)}",id="${label(variable.id)}"`;
      for (const { suffix = "", labels: more = "", value } of samples(stats)) {
        lines.push(`${name}${suffix}{${labels}${more}} ${value}`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

const label = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
