import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Locator, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";

/** How long the browser may take for anything, on a machine that has other things to do. */
const patienceMs = 120_000;

/** Whether there is a browser to test with. */
export const hasChromium: boolean = existsSync(executablePath);

/** A browser without a window. */
export interface Chromium {
  openPage(url: string): Promise<AssistantPage>;
  closePages(): Promise<void>;
  close(): Promise<void>;
}

/** The page of the example, as a person finds their way about it: by labels, roles and what is to be read. */
export interface AssistantPage {
  readonly page: Page;
  /** The input with a label. */
  input(label: string): Locator;
  button(name: string): Locator;
  /** What the page shows as the value of a variable. */
  value(id: string): Promise<string | null>;
  /** What the page says of where a value comes from. */
  origin(id: string): Promise<string | null>;
  /** Why a write to a variable was refused; empty where it was not. */
  refusal(id: string): Promise<string | null>;
  status(): Promise<string | null>;
  /** Newest first. */
  changes(): Promise<string[]>;
  /** Errors that nobody has caught. */
  readonly errors: readonly Error[];
}

/** Starts the browser that the machine has. */
export async function openChromium(): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), "trimtab-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    timeout: patienceMs,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  context.setDefaultTimeout(patienceMs);
  return {
    async openPage(url) {
      const page = await context.newPage();
      const opened = toAssistantPage(page);
      await page.goto(url);
      return opened;
    },
    async closePages() {
      await Promise.all(context.pages().map((page) => page.close()));
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

function toAssistantPage(page: Page): AssistantPage {
  const errors: Error[] = [];
  page.on("pageerror", (error) => errors.push(error));
  const textOf = (selector: string) => page.locator(selector).textContent();
  return {
    page,
    errors,
    input: (label) => page.getByLabel(label, { exact: true }),
    button: (name) => page.getByRole("button", { name }),
    value: (id) => textOf(`#${id} .value`),
    origin: (id) => textOf(`#${id} .origin`),
    refusal: (id) => textOf(`#${id} .refusal`),
    status: () => textOf("#status"),
    changes: () => page.locator("#changes li").allTextContents(),
  };
}
