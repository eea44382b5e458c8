import { metrics, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { createAppendObserver } from "./append-observer.ts";
import { createCallObserver } from "./call-observer.ts";
import { traceStore } from "./trace-store.ts";
import { createTracingInterceptor } from "./tracing-interceptor.ts";

const tracer = trace.getTracer("test");
const meter = metrics.getMeter("test");
const system = "memory";

/** What a program without types may hand over in place of an object with methods. */
const noObjects: readonly unknown[] = [null, 1, "tracer", true, Symbol("tracer"), () => {}, {}, [], Promise.resolve()];

const expectRefused = (field: string, wrong: readonly unknown[], call: (argument: never) => unknown): void => {
  for (const argument of wrong) expect(() => call(argument as never)).toThrow(new RegExp(`^${field} must be .+, got `));
};

test("a tracer or meter that is none is refused before anything is traced", () => {
  expectRefused("tracer", noObjects, (wrong) => createAppendObserver({ tracer: wrong, system }));
  expectRefused("meter", noObjects, (wrong) => createAppendObserver({ meter: wrong, system }));
  expectRefused("tracer", noObjects, (wrong) => createCallObserver({ tracer: wrong }));
  expectRefused("meter", noObjects, (wrong) => createCallObserver({ meter: wrong }));
  expectRefused("tracer", noObjects, (wrong) => createTracingInterceptor(wrong));
  expectRefused("tracer", [undefined, ...noObjects], (wrong) => traceStore({}, wrong));
  expectRefused("store", [undefined, null, 1, "store", true], (wrong) => traceStore(wrong, tracer));
});

test("options are refused by name", () => {
  expectRefused("system", [undefined, null, 1, "", {}, ["sqlite"]], (wrong) => createAppendObserver({ system: wrong }));
  expectRefused("headerField", [null, 1, "traceparent", {}], (wrong) => createCallObserver({ headerField: wrong }));
  expectRefused("options", [undefined, null, 1, "x"], createAppendObserver);
  expectRefused("options", [undefined, null, 1, "x"], createCallObserver);
  const misspelt = { tracer, meter, system, trace: tracer };
  expect(() => createAppendObserver(misspelt)).toThrow(
    "trace: options has no such field; there are tracer, meter, system",
  );
  expect(() => createCallObserver({ headerfield: () => "" } as object)).toThrow(
    "headerfield: options has no such field",
  );
});
