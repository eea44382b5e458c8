import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAuditRecord } from "@trimtab/audit";
import type { AuditEntry } from "@trimtab/core";
import { openSqliteLog } from "@trimtab/log-sqlite";
import { expect, onTestFinished, test, vi } from "vitest";
import { checkAudit } from "./check-audit.ts";

/** A folder for an audit, beside that for the machine's temporary files. */
function folders() {
  const parent = mkdtempSync(join(tmpdir(), "trimtab-audit-"));
  const [audit, temporary] = [join(parent, "audit"), join(parent, "temporary")];
  mkdirSync(temporary);
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(parent, { recursive: true });
  });
  return { audit, temporary };
}

async function enterOne(directory: string): Promise<void> {
  const { log, close } = await openSqliteLog({ directory });
  const codec = {
    encode: (entry: AuditEntry) => new TextEncoder().encode(JSON.stringify(entry)),
    decode: (bytes: Uint8Array): AuditEntry => JSON.parse(new TextDecoder().decode(bytes)),
  };
  const record = await openAuditRecord({ log, codec, onError: (error) => expect.fail(String(error)) });
  await record.refuse({
    recordedAtMs: 1_795_000_000_000,
    session: "s",
    callerSession: "t",
    actor: "t",
    principal: "bob",
    origin: "other",
    peer: { address: "", userAgent: "", protocol: "" },
    action: "SetVariable",
    variableId: "",
    variableName: "s/x",
    revision: 0,
    outcome: "denied",
    reason: "access_denied",
  });
  await record.close();
  await close();
}

test("a check leaves no copy behind, whatever it finds", async () => {
  const { audit, temporary } = folders();
  expect(await checkAudit(audit, undefined)).toBeUndefined();
  await enterOne(audit);
  expect(await checkAudit(audit, undefined)).toMatchObject({
    line: expect.stringMatching(/^audit: 1 entry follows from each other, the last is 1 with hash [0-9a-f]{64}$/),
    found: "intact",
  });
  expect(readdirSync(temporary)).toEqual([]);
  writeFileSync(join(audit, "log.sqlite"), "no database");
  expect(await checkAudit(audit, undefined)).toMatchObject({ found: "damaged" });
  expect(readdirSync(temporary)).toEqual([]);
});
