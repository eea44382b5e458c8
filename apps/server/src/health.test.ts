import { createClient, createRouterTransport } from "@connectrpc/connect";
import { health } from "@trimtab/wire/grpc";
import { expect, test } from "vitest";
import { createHealth } from "./health.ts";

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = health.HealthCheckResponse_ServingStatus;

test("whoever watches a service hears that it stops, and of one that there is not that it is unknown", async () => {
  const { routes, stopServing } = createHealth(["a.Service"]);
  const client = createClient(health.Health, createRouterTransport(routes));
  const watches = ["", "a.Service", "another.Service"].map((service) =>
    client.watch({ service })[Symbol.asyncIterator](),
  );
  const statuses = async () =>
    (await Promise.all(watches.map((watch) => watch.next()))).map(({ value }) => value?.status);
  expect(await statuses()).toEqual([SERVING, SERVING, SERVICE_UNKNOWN]);
  stopServing();
  expect(await statuses()).toEqual([NOT_SERVING, NOT_SERVING, SERVICE_UNKNOWN]);
  expect(await statuses()).toEqual([undefined, undefined, undefined]);
});
