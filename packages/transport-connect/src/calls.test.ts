import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createHandlerContext } from "@connectrpc/connect";
import { storeError } from "@trimtab/core";
import { OptimizationService, StartOptimizationRequestSchema } from "@trimtab/wire/services";
import { expect, test } from "vitest";
import { createCalls } from "./calls.ts";

test.each([
  ["its deadline has passed", Code.DeadlineExceeded],
  ["its caller has left", Code.Canceled],
])("a call that waits in vain since %s is told so", async (_, code) => {
  const { unary } = createCalls({ onInternalError: (error) => expect.fail(String(error)) });
  const service = OptimizationService;
  const method = service.method.startOptimization;
  const context = createHandlerContext({
    service,
    method,
    protocolName: "grpc",
    requestMethod: "POST",
    url: "http://x",
  });
  const wait = unary(async () => {
    context.abort(new ConnectError("over", code));
    throw storeError("cancelled", "the caller left the line", {});
  });
  await expect(wait(create(StartOptimizationRequestSchema), context)).rejects.toMatchObject({ code });
});
