import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient, type LiveSession, openSession } from "@trimtab/client";
import type { Commit, Store } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { type RunningServer, type ServerParts, startServer } from "@trimtab/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundlePage } from "./bundle-page.ts";
import { type Assistant, assistant } from "./page/assistant.ts";
import { type AssistantPage, type Chromium, hasChromium, openChromium } from "./test-parts/open-chromium.ts";

/** For a machine that is busy with much else; nothing here waits for time to pass. */
const timeout = 120_000;
const eventually = <T>(read: () => T) => expect.poll(read, { timeout });

let folder: string;
let chromium: Chromium;
const servers: RunningServer[] = [];
const sessions: LiveSession<Assistant>[] = [];

beforeAll(async () => {
  if (!hasChromium) return;
  folder = mkdtempSync(join(tmpdir(), "trimtab-page-"));
  [chromium] = await Promise.all([openChromium(), bundlePage(folder)]);
}, timeout);

afterEach(async () => {
  if (!hasChromium) return;
  await chromium.closePages();
  for (const session of sessions.splice(0)) await session.close();
  for (const server of servers.splice(0)) await server.close();
});

afterAll(async () => {
  if (!hasChromium) return;
  await chromium.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A test that needs a browser, and says so where there is none. */
const inChromium = (name: string, body: () => Promise<void>): void =>
  it(name, { timeout }, async (context) => {
    if (!hasChromium) context.skip("chromium is not installed");
    await body();
  });

async function start(port = 0, parts: ServerParts = {}): Promise<RunningServer> {
  const listen = { host: "127.0.0.1", port };
  const server = await startServer({ listen, log: "memory", static: folder, shutdownGraceMs: 0 }, parts);
  servers.push(server);
  return server;
}

async function openPage({ url }: RunningServer, actor = "ada"): Promise<AssistantPage> {
  const opened = await chromium.openPage(`${url}/?as=${actor}`);
  await eventually(opened.status).toBe("READY");
  return opened;
}

/** Another program on the same session, over gRPC. */
async function openNode({ url }: RunningServer): Promise<{ store: Store; session: LiveSession<Assistant> }> {
  const store = createStoreClient(createGrpcTransport({ baseUrl: url }), { actor: "node" });
  const session = await openSession(store, "assistant", assistant);
  sessions.push(session);
  return { store, session };
}

async function dragTo(page: AssistantPage, label: string, share: number): Promise<void> {
  const box = await page.input(label).boundingBox();
  if (box === null) throw new Error(`${label} is not to be seen`);
  const { mouse } = page.page;
  const y = box.y + box.height / 2;
  await mouse.move(box.x + box.width / 2, y);
  await mouse.down();
  await mouse.move(box.x + box.width * share, y, { steps: 12 });
  await mouse.up();
}

describe("the page in a browser", () => {
  inChromium("shows every variable and where it stands", async () => {
    const page = await openPage(await start());
    expect(await Promise.all(["temperature", "model", "maxTokens", "prompt"].map(page.value))).toEqual([
      "0.7",
      "gpt-4",
      "256",
      "You are a helpful assistant.",
    ]);
    expect(await page.origin("temperature")).toContain("version 0 · read at revision 2");
    expect(await page.input("Temperature").inputValue()).toBe("0.7");
    expect(await page.input("Prompt").inputValue()).toBe("You are a helpful assistant.");
    expect(await page.input("Model").locator("option").allTextContents()).toEqual(["gpt-4", "claude-3", "llama-3"]);
    expect(page.errors).toEqual([]);
  });

  inChromium("shows what another program sets, with its name, version and revision", async () => {
    const server = await start();
    const page = await openPage(server);
    const { session } = await openNode(server);
    await session.set({ temperature: 1.1, model: "claude-3" });
    await session.variables.maxTokens.set(1024);
    await eventually(() => page.value("maxTokens")).toBe("1024");
    expect(await page.value("temperature")).toBe("1.1");
    expect(await page.input("Temperature").inputValue()).toBe("1.1");
    expect(await page.input("Model").inputValue()).toBe("claude-3");
    expect(await page.input("Max tokens").inputValue()).toBe("1024");
    expect(await page.origin("model")).toMatch(/^version 1 · revision 3node at /);
    expect(await page.changes()).toEqual([
      "node set maxTokens to 1024version 1 · revision 4",
      "node set model to claude-3version 1 · revision 3",
      "node set temperature to 1.1version 1 · revision 3",
    ]);
    expect(page.errors).toEqual([]);
  });

  inChromium("sends a slider while it is dragged, and its last place for certain", async () => {
    const server = await start();
    const page = await openPage(server);
    const { session } = await openNode(server);
    await dragTo(page, "Temperature", 0.9);
    const place = Number(await page.input("Temperature").inputValue());
    expect(place).toBeGreaterThan(1.5);
    await eventually(() => session.variables.temperature.value).toBe(place);
    await eventually(() => page.value("temperature")).toBe(String(place));
    await page.input("Temperature").press("ArrowLeft");
    await eventually(() => session.variables.temperature.value).toBeCloseTo(place - 0.01, 10);
    expect((await server.store.getVariable("assistant", "temperature")).updatedBy).toBe("ada");
  });

  inChromium("two pages see each other", async () => {
    const server = await start();
    const ada = await openPage(server, "ada");
    const bob = await openPage(server, "bob");
    await ada.input("Model").selectOption("llama-3");
    await eventually(() => bob.value("model")).toBe("llama-3");
    await eventually(() => bob.origin("model")).toContain("ada at ");
    await bob.input("Prompt").fill("Answer in haiku.");
    await bob.button("Save").click();
    await eventually(() => ada.value("prompt")).toBe("Answer in haiku.");
    expect(await ada.input("Prompt").inputValue()).toBe("Answer in haiku.");
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });

  inChromium("shows the store's own refusal, and changes nothing", async () => {
    const server = await start();
    const page = await openPage(server);
    const { store, session } = await openNode(server);
    const refused = await store.setVariable("assistant", "maxTokens", 5000).catch((error: Error) => error.message);
    await page.input("Max tokens").fill("5000");
    await page.input("Max tokens").press("Enter");
    await eventually(() => page.refusal("maxTokens")).toBe(refused);
    expect(refused).toBe("maxTokens: value 5000 is above maximum 4096");
    expect(await page.input("Max tokens").getAttribute("aria-invalid")).toBe("true");
    expect(await page.value("maxTokens")).toBe("256");
    expect(await store.getVariable("assistant", "maxTokens")).toMatchObject({ value: 256, version: 0 });

    await page.input("Max tokens").press("Escape");
    expect(await page.refusal("maxTokens")).toBe("");
    expect(await page.input("Max tokens").inputValue()).toBe("256");

    // A limit that somebody narrows meanwhile holds here too.
    await store.updateVariable("assistant", "maxTokens", { constraints: { min: 1, max: 300 } });
    await eventually(async () => (await page.changes())[0]).toContain("changed maxTokens");
    await page.input("Max tokens").fill("301");
    await page.input("Max tokens").press("Enter");
    await eventually(() => page.refusal("maxTokens")).toBe("maxTokens: value 301 is above maximum 300");
    expect(session.variables.maxTokens.version).toBe(0);
  });

  inChromium("a draft does not overwrite unseen what somebody else has set", async () => {
    const server = await start();
    const page = await openPage(server);
    const { session } = await openNode(server);
    await page.input("Prompt").fill("You are a pirate.");
    await session.variables.prompt.set("You are a poet.");
    await eventually(() => page.value("prompt")).toBe("You are a poet.");
    expect(await page.input("Prompt").inputValue()).toBe("You are a pirate.");
    await page.button("Save").click();
    await eventually(() => page.refusal("prompt")).toBe("prompt is at version 1, not 0");
    expect(session.variables.prompt.value).toBe("You are a poet.");
    await page.button("Save").click();
    await eventually(() => session.variables.prompt.value).toBe("You are a pirate.");
    await eventually(() => page.refusal("prompt")).toBe("");
  });

  inChromium("keeps the last known values while the server is gone, and goes on where it was", async () => {
    const log = createMemoryLog<Commit>();
    const first = await start(0, { store: { log } });
    const page = await openPage(first);
    const { session } = await openNode(first);
    await session.variables.temperature.set(1.25);
    await eventually(() => page.value("temperature")).toBe("1.25");
    await first.close();
    await eventually(page.status).toBe("STALE");
    expect(await page.value("temperature")).toBe("1.25");
    await page.input("Model").selectOption("claude-3");
    await eventually(() => page.refusal("model")).not.toBe("");
    expect(await page.input("Model").inputValue()).toBe("gpt-4");

    await start(first.port, { store: { log } });
    await eventually(page.status).toBe("READY");
    expect(await page.value("temperature")).toBe("1.25");
    expect(await page.origin("temperature")).toContain("version 1");
    await page.input("Model").selectOption("llama-3");
    await eventually(() => session.variables.model.value).toBe("llama-3");
    expect(page.errors).toEqual([]);
  });

  inChromium("gives its session back to a server that has forgotten it", async () => {
    const first = await start();
    const page = await openPage(first);
    await page.input("Model").selectOption("claude-3");
    await eventually(() => page.value("model")).toBe("claude-3");
    await first.close();
    await eventually(page.status).toBe("STALE");
    expect(await page.value("model")).toBe("claude-3");

    const second = await start(first.port);
    await eventually(page.status).toBe("READY");
    await eventually(() => page.value("model")).toBe("gpt-4");
    expect(await second.store.getVariable("assistant", "model")).toMatchObject({ value: "gpt-4", version: 0 });
    expect(page.errors).toEqual([]);
  });

  inChromium("says that its session was deleted, and makes it anew when told to", async () => {
    const server = await start();
    const page = await openPage(server);
    await server.store.deleteSession("assistant");
    await eventually(page.status).toBe("ERROR");
    expect(await page.value("temperature")).toBe("deleted");
    expect(await page.input("Temperature").isDisabled()).toBe(true);
    await page.button("Try again now").click();
    await eventually(page.status).toBe("READY");
    await eventually(() => page.value("temperature")).toBe("0.7");
    await page.input("Model").selectOption("claude-3");
    await eventually(async () => (await server.store.getVariable("assistant", "model")).value).toBe("claude-3");
  });
});
