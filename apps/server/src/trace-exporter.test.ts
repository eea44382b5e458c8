import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createTraceExporter } from "./trace-exporter.ts";

test("that traces cannot be sent is told once, until they can again", async () => {
  let status = 400;
  const collector = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status).end());
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  onTestFinished(() => void collector.close());
  const told: unknown[] = [];
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  const exporter = createTraceExporter(url, (error) => told.push(error));
  const send = (answer: number) => {
    status = answer;
    return new Promise((resolve) => exporter.export([], resolve));
  };
  await send(400);
  await send(400);
  expect(told).toEqual([expect.objectContaining({ message: expect.stringContaining("--trace-endpoint") })]);
  await send(200);
  await send(400);
  expect(told).toHaveLength(2);
  await exporter.shutdown();
});
