import { Code, ConnectError } from "@connectrpc/connect";
import { type Attributes, type Span, SpanStatusCode } from "@opentelemetry/api";

/** Which call it is, as both ends know it. */
export interface CallNames {
  readonly service: { readonly typeName: string };
  readonly method: { readonly name: string };
}

/** The name that a call's spans and metrics have: the service and the method; of a service without a name the method alone. */
export const rpcMethod = ({ service, method }: CallNames): string =>
  service.typeName === "" ? method.name : `${service.typeName}/${method.name}`;

/** A call by the semantic conventions of RPC. */
export const rpcAttributes = (call: CallNames, protocol: string): Attributes => ({
  "rpc.system.name": protocol === "connect" ? "connectrpc" : "grpc",
  "rpc.method": rpcMethod(call),
});

/** The status of a call that failed, in gRPC's spelling: `INVALID_ARGUMENT`. */
export const statusOf = (error: unknown): string =>
  Code[ConnectError.from(error).code]?.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase() ?? "UNKNOWN";

/** Statuses that are the server's fault and not the caller's (semantic conventions of gRPC spans). */
const serverFaults = new Set(["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]);

/** Notes on a span how its call failed. */
export function noteFailure(span: Span, error: unknown, side: "client" | "server"): void {
  const status = statusOf(error);
  span.setAttributes({ "rpc.response.status_code": status, "error.type": status });
  if (side === "client" || serverFaults.has(status)) span.setStatus({ code: SpanStatusCode.ERROR });
}
