import { create } from "@bufbuild/protobuf";
import { createHandlerContext } from "@connectrpc/connect";
import { StoreError, storeError } from "@trimtab/core";
import { fromWireContext } from "@trimtab/wire";
import {
  BatchSetVariablesRequestSchema,
  GetVariableRequestSchema,
  SetVariableRequestSchema,
  VariableService,
} from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { createCallAudit, type RefusedCall } from "./call-audit.ts";
import { principalKey } from "./principal.ts";

type Method = keyof typeof VariableService.method;

function open() {
  const entered: RefusedCall[] = [];
  const audit = createCallAudit({
    addressOf: () => "192.0.2.7",
    refuse: async (call) => void entered.push(call),
  });
  const contextOf = (name: Method) => {
    const method = VariableService.method[name];
    const requestHeader = new Headers({ "user-agent": "x".repeat(5000) });
    const service = VariableService;
    const about = { service, method, protocolName: "grpc", requestMethod: "POST", url: "http://x", requestHeader };
    const context = createHandlerContext(about);
    context.values.set(principalKey, { id: "ada", sessions: ["*"] });
    return context;
  };
  return { audit, entered, contextOf };
}

const denied = storeError("access_denied", "no", { session: "t", permission: "read" });
const refused = storeError("not_found", "no", { resource: "variable", id: "x" });

describe("a write", () => {
  test("remembers the call that it came by, whether or not it says who makes it", () => {
    const { audit, contextOf } = open();
    for (const context of [undefined, { actor: "bob" }]) {
      const request = create(SetVariableRequestSchema, { sessionId: "s", ...(context && { context }) });
      audit.note(request, contextOf("setVariable"));
      expect(fromWireContext(request.context)).toMatchObject({
        via: { principal: "ada", session: "s", action: "SetVariable", address: "192.0.2.7", protocol: "grpc" },
      });
      expect(fromWireContext(request.context).actor).toBe(context?.actor);
    }
  });

  test("that is refused is entered, with each item of a batch", async () => {
    const { audit, entered, contextOf } = open();
    const one = create(SetVariableRequestSchema, { sessionId: "s", variable: "t/x" });
    await audit.failed(one, contextOf("setVariable"), refused);
    const items = new Map(["a", "b"].map((ref) => [ref, refused.toRefusal()]));
    const many = new StoreError({ ...refused.toRefusal(), items });
    await audit.failed(
      create(BatchSetVariablesRequestSchema, { sessionId: "s" }),
      contextOf("batchSetVariables"),
      many,
    );
    await audit.failed(one, contextOf("setVariable"), new Error("a fault"));
    expect(
      entered.map(({ session, variableName, outcome, reason }) => [session, variableName, outcome, reason]),
    ).toEqual([
      ["t", "t/x", "refused", "not_found"],
      ["s", "a", "refused", "not_found"],
      ["s", "b", "refused", "not_found"],
      ["t", "t/x", "failed", undefined],
    ]);
  });
});

test("of reads only denials are entered", async () => {
  const { audit, entered, contextOf } = open();
  const request = create(GetVariableRequestSchema, { sessionId: "s", variable: "t/x" });
  audit.note(request, contextOf("getVariable"));
  await audit.failed(request, contextOf("getVariable"), refused);
  await audit.failed(request, contextOf("getVariable"), denied);
  expect(entered).toMatchObject([{ outcome: "denied", reason: "access_denied", permission: "read", principal: "ada" }]);
});

test("what callers send is entered in part where it is long", async () => {
  const { audit, entered, contextOf } = open();
  const long = "y".repeat(100_000);
  const context = { actor: long, requestId: long };
  const request = create(SetVariableRequestSchema, { sessionId: long, variable: long, context });
  await audit.failed(request, contextOf("setVariable"), refused);
  expect(JSON.stringify(entered).length).toBeLessThan(5000);
});
