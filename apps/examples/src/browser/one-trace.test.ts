import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "@trimtab/server";
import { rolldown } from "rolldown";
import { expect, it, onTestFinished } from "vitest";
import type { PageSpan } from "./page/test-parts/traced-page.ts";
import { hasChromium, openChromium } from "./test-parts/open-chromium.ts";
import { openTraceCollector } from "./test-parts/trace-collector.ts";

/** For a machine that is busy with much else; nothing here waits for time to pass. */
const timeout = 120_000;

const page = fileURLToPath(new URL("../../src/browser/page/test-parts/traced-page.ts", import.meta.url));

/** Writes a page that has nothing but a button, and traces what it does. */
async function bundleTracedPage(folder: string): Promise<void> {
  const bundle = await rolldown({
    input: page,
    platform: "browser",
    resolve: { conditionNames: ["@trimtab/source", "browser", "import", "default"] },
  });
  await bundle.write({ file: join(folder, "page.js"), format: "esm" });
  await bundle.close();
  writeFileSync(join(folder, "index.html"), '<!doctype html><body><script type="module" src="page.js"></script>');
}

it("one trace leads from a click in a browser to the flush that makes the write durable", { timeout }, async (test) => {
  if (!hasChromium) test.skip("chromium is not installed");
  const folder = mkdtempSync(join(tmpdir(), "trimtab-traced-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [chromium, collector] = await Promise.all([openChromium(), openTraceCollector(), bundleTracedPage(folder)]);
  onTestFinished(() => chromium.close());
  onTestFinished(() => collector.close());
  const listen = { host: "127.0.0.1", port: 0 };
  const durable = { log: "sqlite", data: join(folder, "data") } as const;
  // Of traces that begin at the server none are recorded: what is found began in the page.
  const tracing = { traceEndpoint: collector.url, traceRatio: 0 };
  const server = await startServer({ listen, ...durable, ...tracing, static: folder, shutdownGraceMs: 0 });
  const { page: shown, errors } = await chromium.openPage(server.url);
  await shown.getByRole("button", { name: "Warmer" }).click({ timeout });
  const ofPage = async (): Promise<PageSpan[]> => shown.evaluate("window.endedSpans?.() ?? []");
  await expect.poll(async () => (await ofPage()).map(({ name }) => name), { timeout }).toContain("click");
  expect((await server.store.getVariable("assistant", "temperature")).value).toBe(1.2);
  const spansOfPage = await ofPage();
  await chromium.closePages();
  // What is not sent yet is sent now.
  await server.close();

  expect(errors).toEqual([]);
  const click = spansOfPage.find(({ name }) => name === "click");
  const trace = [...spansOfPage, ...collector.spans].filter(({ traceId }) => traceId === click?.traceId);
  const chain: string[] = [];
  for (let span = click; span !== undefined; ) {
    chain.push(span.name);
    const { spanId } = span;
    span = trace.find(({ parentSpanId }) => parentSpanId === spanId);
  }
  const setVariable = "trimtab.v1.VariableService/SetVariable";
  expect(chain).toEqual(["click", setVariable, setVariable, "store setVariable", "append sqlite"]);
  expect(trace).toHaveLength(chain.length);
});
