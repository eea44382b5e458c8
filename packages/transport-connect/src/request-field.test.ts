import { storeError } from "@trimtab/core";
import { fromErrorDetail } from "@trimtab/wire";
import {
  AnalyzeUsageRequestSchema,
  BatchSetVariablesRequestSchema,
  CreateSessionRequestSchema,
  ErrorDetailSchema,
  FinishImportUploadRequestSchema,
  GetVariableAtRequestSchema,
  ImportVariablesRequestSchema,
  RegisterVariableRequestSchema,
  RenewLeaseRequestSchema,
  SetLabelRequestSchema,
  SetVariablePermissionsRequestSchema,
  SetVariableRequestSchema,
  WatchVariablesRequestSchema,
} from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { toConnectError } from "./connect-error.ts";
import { toRequestField } from "./request-field.ts";

describe("a field of a request is named as JSON has it", () => {
  test.each([
    ["as protobuf has it", SetVariableRequestSchema, "session_id", "sessionId"],
    ["as JSON has it", SetVariableRequestSchema, "expectedVersion", "expectedVersion"],
    ["as the model has it", SetVariableRequestSchema, "session", "sessionId"],
    ["a duration", CreateSessionRequestSchema, "ttlMs", "ttl"],
    ["a time in a range", AnalyzeUsageRequestSchema, "untilMs", "timeRange.until"],
    ["a token", WatchVariablesRequestSchema, "after", "resumeToken"],
    ["one of several variables", BatchSetVariablesRequestSchema, "variable", "updates"],
    ["a batch as a whole", BatchSetVariablesRequestSchema, "batch", "updates"],
    ["a label, and not where another one stands", SetLabelRequestSchema, "label", "name"],
    ["the lease of a write", RenewLeaseRequestSchema, "lease.optimization", "context.optimizationId"],
    ["what is in a message of the request", RegisterVariableRequestSchema, "name", "spec.name"],
    ["deeper down", SetVariableRequestSchema, "requestId", "context.requestId"],
    ["in a list", SetVariablePermissionsRequestSchema, "rules[3].expires_at", "rules[3].expiresAt"],
    ["what the caller named", SetVariableRequestSchema, "context.metadata.my_key", "context.metadata.my_key"],
    ["what is in a value", SetVariableRequestSchema, "value.some_key[0].expires_at", "value.some_key[0].expires_at"],
    ["what is in an uploaded file", FinishImportUploadRequestSchema, "data.variables[0]", "uploadId.variables[0]"],
    ["what is in a file that was sent along", ImportVariablesRequestSchema, "data.variables[0]", "data.variables[0]"],
    ["a choice of fields", GetVariableAtRequestSchema, "at", "at"],
    // Both the variable and the write have some.
    ["what could be several", RegisterVariableRequestSchema, "metadata", "metadata"],
    ["what is no field", SetVariableRequestSchema, "uploads", "uploads"],
    ["what begins as one", SetVariableRequestSchema, "context.nothing", "context.nothing"],
    ["what every object has", SetVariableRequestSchema, "constructor", "constructor"],
  ])("%s", (_, request, field, path) => expect(toRequestField(request, field)).toBe(path));
});

const sent = (error: Parameters<typeof toConnectError>[0]) => {
  const { rawMessage, ...travelling } = toConnectError(error, { request: CreateSessionRequestSchema });
  const [detail] = toConnectError(error, { request: CreateSessionRequestSchema }).findDetails(ErrorDetailSchema);
  return { message: rawMessage, travelling, detail: detail ?? expect.fail("there is a detail") };
};

test("the message and the details name it alike, and a client of ours reads what was thrown", () => {
  const error = storeError("invalid_argument", "ttlMs must be positive, got 0", { field: "ttlMs", value: 0 });
  const { message, detail } = sent(error);
  expect(message).toBe("ttl (milliseconds) must be positive, got 0");
  expect(detail).toMatchObject({ argument: "ttlMs", details: { field: { kind: { value: "ttl" } } } });
  expect(fromErrorDetail(detail, message)?.toRefusal()).toEqual(error.toRefusal());
});

test("a name that only protobuf has is told to nobody", () => {
  const error = storeError("invalid_argument", "if_exists is the unknown choice 9", { field: "if_exists", value: 9 });
  const { message, detail } = sent(error);
  expect(message).toBe("ifExists is the unknown choice 9");
  expect(detail).toMatchObject({ argument: "", details: { field: { kind: { value: "ifExists" } } } });
});

test("a field that is a variable's is left alone", () => {
  const error = storeError("validation_failed", "ttlMs: must be a number", { field: "ttlMs", type: "float" });
  const { message, detail } = sent(error);
  expect(message).toBe(error.message);
  expect(detail.argument).toBe("");
  expect(fromErrorDetail(detail, message)?.toRefusal()).toEqual(error.toRefusal());
});
