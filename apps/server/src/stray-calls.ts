import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Exchange } from "@trimtab/http";
import { health } from "@trimtab/wire/grpc";
import { createCallContext } from "./direct/call-context.ts";
import { dialectOf, streamDialects, unaryDialects } from "./direct/dialects.ts";
import type { ForwardedFor } from "./forwarded-for.ts";
import type { OnRefused } from "./log-calls.ts";

/** Stands for every method that is not there, under the name that conventions of telemetry have for those (RPC, `rpc.method`). */
const otherMethod: DescMethod = {
  ...health.Health.method.check,
  name: "_OTHER",
  parent: { ...health.Health, typeName: "" },
};

/**
 * Makes what is given requests whose path leads nowhere, and tells of those that are calls by their content type: to a method that a
 * newer server has, for instance.
 */
export function createStrayObserver(onRefused: OnRefused, forwardedFor?: ForwardedFor): (exchange: Exchange) => void {
  return (exchange) => {
    const type = exchange.headers["content-type"] ?? "";
    const dialect = dialectOf(unaryDialects, type) ?? dialectOf(streamDialects, type);
    if (exchange.method !== "POST" || dialect === undefined) return;
    const { protocol: protocolName } = dialect;
    const context = createCallContext({
      exchange,
      method: otherMethod,
      protocolName,
      timeoutMs: undefined,
      forwardedFor,
    });
    onRefused(context, new ConnectError("no such method", Code.Unimplemented));
  };
}
