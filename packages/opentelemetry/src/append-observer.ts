import { type Context, context, SpanKind, trace } from "@opentelemetry/api";
import { checkOptions, wrong } from "./checks.ts";
import { durationBounds, type Instruments } from "./instruments.ts";

/** What one append to a log carries. */
export interface Append {
  readonly session: string;
  readonly commits: number;
  /** What was under way where each of its writes was asked for. */
  readonly writes: readonly unknown[];
}

/** Is told of every append to the log: what `createStore` of `@trimtab/store` takes as `appends`. */
export interface AppendObserver {
  /** What is under way where a write is asked for. */
  current(): unknown;
  /** Runs an append. */
  append<T>(what: Append, run: () => Promise<T>): Promise<T>;
}

/** How a log is called in what is told of it. */
export interface AppendOptions extends Instruments {
  /** The engine's name, for instance `sqlite`. */
  readonly system: string;
}

/**
 * Makes an observer that has a span for every append, below the first of its writes that is traced and linked with the
 * others, and measures `db.client.operation.duration` and `trimtab.log.commits`.
 *
 * @throws TypeError for options that there are none of, or of another kind
 */
export function createAppendObserver(options: AppendOptions): AppendObserver {
  checkOptions(options, ["tracer", "meter", "system"]);
  const { tracer, meter, system } = options;
  if (typeof system !== "string" || system === "") throw wrong("system", system, "text that is not empty");
  const attributes = { "db.system.name": system, "db.operation.name": "append" };
  const duration = meter?.createHistogram("db.client.operation.duration", {
    unit: "s",
    description: "Time until what was appended to the log is durable",
    advice: { explicitBucketBoundaries: durationBounds },
  });
  const commits = meter?.createCounter("trimtab.log.commits", { unit: "{commit}", description: "Commits appended" });

  const measured = async <T>(what: Append, run: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const record = (more: object) =>
      duration?.record((performance.now() - startedAt) / 1000, { ...attributes, ...more });
    try {
      const result = await run();
      record({});
      commits?.add(what.commits, attributes);
      return result;
    } catch (error) {
      record({ "error.type": error instanceof Error ? error.name : "_OTHER" });
      throw error;
    }
  };

  return {
    current: () => (tracer === undefined ? undefined : context.active()),
    async append(what, run) {
      const traced = what.writes.filter((write): write is Context => isTraced(write as Context | undefined));
      const [parent, ...others] = traced;
      if (tracer === undefined || parent === undefined) return measured(what, run);
      const links = others.map((other) => ({ context: trace.getSpanContext(other) })).filter(isLink);
      const size = { "db.operation.batch.size": what.commits, "trimtab.session": what.session };
      const about = { kind: SpanKind.CLIENT, attributes: { ...attributes, ...size }, links };
      const span = tracer.startSpan(`append ${system}`, about, parent);
      try {
        return await context.with(trace.setSpan(parent, span), () => measured(what, run));
      } catch (error) {
        span.recordException(error instanceof Error ? error : String(error));
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

const isTraced = (write: Context | undefined): boolean =>
  write !== undefined && trace.getSpan(write)?.isRecording() === true;

const isLink = <C>(link: { context: C | undefined }): link is { context: C } => link.context !== undefined;
