import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { flagOf } from "./settings.ts";

/**
 * Makes what sends traces by OTLP.
 *
 * @param onError is told when they cannot be sent, once until they can again
 */
export function createTraceExporter(url: string, onError: (error: unknown) => void): SpanExporter {
  const exporter = new OTLPTraceExporter({ url });
  let isFailing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const fails = result.code !== ExportResultCode.SUCCESS;
        if (fails && !isFailing) {
          const text = `traces cannot be sent where ${flagOf("traceEndpoint")} says, and are dropped until they can`;
          onError(new Error(text, { cause: result.error }));
        }
        isFailing = fails;
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
