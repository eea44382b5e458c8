import type { DescMethod, DescService } from "@bufbuild/protobuf";
import * as services from "@trimtab/wire/services";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openServer } from "./open-server.ts";
import { isPathIn, type JsonRequest, malformedRequests, wrongRequests } from "./test-parts/wrong-requests.ts";

const isService = (each: unknown): each is DescService =>
  typeof each === "object" && each !== null && "kind" in each && each.kind === "service";

const unaryOf = ({ methods }: DescService) => methods.filter(({ methodKind }) => methodKind === "unary");

// The audit is served only where who calls is known; watching is all streams.
const all = Object.values<unknown>(services)
  .filter(isService)
  .filter((service) => service.name !== "AuditService" && unaryOf(service).length > 0);
const server = await openServer();
afterAll(() => server.close());

beforeEach(async () => {
  const { store } = server;
  await store.deleteSession("s").catch(() => {});
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "a", type: "float", value: 1, constraints: { min: 0, max: 100 } },
    { name: "b", type: "float", value: 1 },
  ]);
  await store.putConfigurationSpace("s", { name: "x", variables: ["a"] });
});

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly reason: string;
  readonly field: string | undefined;
}

/** Sends a request of a unary call, and gives how it was refused, if it was. */
async function refusalOf(service: DescService, method: DescMethod, body: JsonRequest): Promise<Refusal | undefined> {
  const answer = await fetch(`${server.url}/${service.typeName}/${method.name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.ok || !text.startsWith("{")) return undefined;
  const { code, message, details } = JSON.parse(text);
  const { reason = "", details: said } = details?.[0]?.debug ?? {};
  return { code, message, reason, field: said?.field?.string };
}

// Of a batch that is refused as a whole, the first item's error is told with paths in that item.
const ofItems = new Set(["name", "type", "accessRules[0].permissions"]);

describe.each(all.map((service) => [service.name, service] as const))("%s", (_, service) => {
  const methods = unaryOf(service);

  test("names fields of a request as who writes it in JSON does", async () => {
    const named = new Set<string>();
    for (const method of methods) {
      for (const body of wrongRequests(method.input)) {
        const refused = await refusalOf(service, method, body);
        if (refused?.reason !== "invalid_argument") continue;
        const { field = "" } = refused;
        named.add(`${method.name} ${field}`);
        if (method.name.startsWith("Batch") && ofItems.has(field)) continue;
        expect(
          isPathIn(method.input, field),
          `${method.name} ${JSON.stringify(body).slice(0, 300)}: ${field}: ${refused.message}`,
        ).toBe(true);
      }
    }
    expect(named.size).toBeGreaterThanOrEqual(methods.length);
  });

  test("says of JSON of another form which field, and what is wanted there", async () => {
    for (const method of methods) {
      for (const { body, path } of malformedRequests(method.input)) {
        const refused = await refusalOf(service, method, body);
        expect(refused, `${method.name} ${JSON.stringify(body)}`).toMatchObject({
          code: "invalid_argument",
          field: path,
          message: expect.stringContaining(`${path} must be `),
        });
      }
    }
  });
});
