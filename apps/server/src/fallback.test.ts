import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createFallback, type Surroundings } from "./fallback.ts";
import { openListener } from "./http/listener.ts";
import { createStaticFiles } from "./static-files.ts";

async function open(surroundings: Partial<Surroundings> = {}) {
  const faults: unknown[] = [];
  const onFault = (error: unknown) => faults.push(error);
  const page = (url: string) => `<p>${url}</p>`;
  const fallback = createFallback({ page, onError: onFault, ...surroundings });
  const handler = (exchange: Parameters<typeof fallback>[0]) => fallback(exchange, { "x-more": "field" });
  const listener = await openListener({ listen: { host: "127.0.0.1", port: 0 }, handler, onFault });
  onTestFinished(() => listener.close(0));
  return { url: listener.url, faults };
}

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), "trimtab-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

test("answers carry the fields that they are given, whatever they say", async () => {
  const { url } = await open({ metrics: async () => "figures 1\n" });
  for (const [path, status, text] of [
    ["/", 200, `<p>${url}</p>`],
    ["/metrics", 200, "figures 1\n"],
    ["/nothing?of=it", 404, "nothing is served at /nothing\n"],
  ] as const) {
    const answer = await fetch(url + path);
    expect([answer.status, await answer.text(), answer.headers.get("x-more")]).toEqual([status, text, "field"]);
  }
});

test("a target that is no address leads nowhere", async () => {
  const { url, faults } = await open();
  for (const path of ["//", "//[", "http://[/"]) {
    const request = http.get({ port: new URL(url).port, path });
    const [response] = await once(request, "response");
    expect([path, response.resume().statusCode]).toEqual([path, 404]);
  }
  expect(faults).toEqual([]);
});

test("files are sent whole, empty ones and large ones, and their heads alone", async () => {
  const large = Buffer.alloc(3_000_000, "large");
  const { url } = await open({ staticFiles: createStaticFiles(folderWith({ "empty.txt": "", "large.bin": large })) });
  expect(await (await fetch(`${url}/empty.txt`)).text()).toBe("");
  expect(Buffer.from(await (await fetch(`${url}/large.bin`)).arrayBuffer()).equals(large)).toBe(true);
  const head = await fetch(`${url}/large.bin`, { method: "HEAD" });
  expect([head.headers.get("content-length"), await head.text()]).toEqual([String(large.length), ""]);
});

test("what fails is told to whoever runs the server, and to the caller only that it failed", async () => {
  const { url, faults } = await open({ metrics: () => Promise.reject(new Error("no figures")) });
  const answer = await fetch(`${url}/metrics`);
  expect([answer.status, await answer.text()]).toEqual([500, "the server failed\n"]);
  expect(faults).toEqual([new Error("no figures")]);
});
