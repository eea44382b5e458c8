import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { type Refusal, refusal, StoreError, storeError } from "@trimtab/core";
import { ErrorDetailSchema } from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { toConnectError } from "./connect-error.ts";

const maxTrailerBytes = 7500;

/** What the C core of gRPC counts trailers as: for each field its name, its value and 32 bytes more (RFC 9113, section 6.5.2). */
function trailerBytes(error: StoreError): number {
  let size = 0;
  const sent = toConnectError(error, { maxTrailerBytes });
  for (const [name, value] of setTrailerStatus(new Headers(), sent)) size += name.length + value.length + 32;
  return size;
}

function told(error: StoreError) {
  const { rawMessage, ...sent } = toConnectError(error, { maxTrailerBytes });
  const [detail] = toConnectError(error, { maxTrailerBytes }).findDetails(ErrorDetailSchema);
  return { ...sent, message: rawMessage, detail: detail ?? expect.fail("there is a detail") };
}

const limit = 8192;
const missing = (id: string) => storeError("not_found", `Variable '${id}' not found`, { resource: "variable", id });

describe("an error that must fit among trailers", () => {
  const choices = Array.from({ length: 3000 }, (_, i) => `größe-${i}`);
  const constraint = { field: "q", type: "choice", constraint: "choices", limit: choices, value: "x" };
  const items = (name: string): Map<string, Refusal> =>
    new Map(Array.from({ length: 1000 }, (_, i) => [`${name}${i}`, missing(`${name}${i}`).toRefusal()]));
  const batch = (name: string) =>
    new StoreError({
      ...refusal("not_found", name.repeat(150), { resource: "variable", id: name }),
      items: items(name),
    });

  test.each([
    ["a name in ASCII", missing("x".repeat(30_000))],
    ["a name beyond it", missing("größe".repeat(3000))],
    ["a name of what is longest when it is encoded", missing("💡".repeat(3000))],
    ["a name that is no Unicode", missing("\ud800".repeat(3000))],
    ["many choices", storeError("constraint_violation", `q must be one of: ${choices.join(", ")}`, constraint)],
    ["one choice that is long", storeError("constraint_violation", "no", { ...constraint, limit: ["ü".repeat(9000)] })],
    ["a batch", batch("variable")],
    ["a batch of names beyond ASCII", batch("変数")],
  ])("%s", (_, error) => {
    expect(trailerBytes(error)).toBeLessThanOrEqual(limit);
    const { message, detail } = told(error);
    expect(detail.reason).toBe(error.reason);
    expect(message.length).toBeGreaterThan(1);
  });

  test("is as it was where there is room", () => {
    const error = missing("größe");
    expect(told(error)).toMatchObject({
      message: error.message,
      detail: { details: { id: { kind: { value: "größe" } } } },
    });
  });

  test("says where its text breaks off, and never within a character", () => {
    const { message, detail } = told(missing("💡".repeat(3000)));
    expect(message).toMatch(/^Variable '💡+…$/u);
    expect(detail.details["id"]?.kind.value).toMatch(/^💡+\ufffd?…$/u);
  });

  test("keeps as many items and entries of lists as there is room for", () => {
    const { detail } = told(batch("v"));
    expect(Object.keys(detail.items).length).toBeGreaterThan(20);
    const dependents = Array.from({ length: 5000 }, (_, i) => `dependent-${i}`);
    const kept = told(storeError("has_dependents", "x has dependents", { variable: "x", dependents })).detail.details;
    const list = kept["dependents"]?.kind;
    if (list?.case !== "list") return expect.fail("the list is kept");
    expect(list.value.items.length).toBeGreaterThan(100);
    expect(list.value.items.map(({ kind }) => kind.value)).toEqual(dependents.slice(0, list.value.items.length));
  });
});
