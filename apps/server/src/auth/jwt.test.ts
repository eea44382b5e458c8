import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContextValues, type HandlerContext } from "@connectrpc/connect";
import { revokedKey } from "@trimtab/transport-connect";
import { VariableService, WatchService } from "@trimtab/wire/services";
import { SignJWT } from "jose";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAuthGate } from "./auth-gate.ts";
import { createJwtReader } from "./jwt.ts";
import { createPrincipalTable } from "./principal-table.ts";

const folder = mkdtempSync(join(tmpdir(), "trimtab-jwt-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const [issuer, audience] = ["https://issuer.example", "trimtab"];
const claims = { principal: "sub", sessions: "sessions", roles: "roles", attributes: "attributes" };

/** Makes a gate, and what calls it with a token that holds for a minute. */
function open() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const keys = join(folder, "key.pem");
  writeFileSync(keys, publicKey.export({ type: "spki", format: "pem" }));
  const jwt = createJwtReader({ keys, issuer, audience, claims }, (error) => expect.fail(String(error)));
  const gate = createAuthGate({ means: { principals: createPrincipalTable(), jwt } });
  const sign = (sub: string) =>
    new SignJWT({ sub, sessions: ["*"], iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1000) + 60 })
      .setProtectedHeader({ alg: "EdDSA" })
      .sign(privateKey);
  const pass = async (token: string, method: HandlerContext["method"]) => {
    const values = createContextValues();
    const requestHeader = new Headers({ authorization: `Bearer ${token}` });
    await gate({
      method,
      service: method.parent,
      values,
      requestHeader,
      responseHeader: new Headers(),
    } as HandlerContext);
    return values.get(revokedKey);
  };
  return { sign, pass };
}

test("tokens of calls cost no timer, and those of streams end them once their time is up", async () => {
  const { sign, pass } = open();
  for (let i = 0; i < 20; i++) {
    expect(await pass(await sign(`caller-${i}`), VariableService.method.getVariable)).toBeUndefined();
  }
  expect(vi.getTimerCount()).toBe(0);
  const token = await sign("watcher");
  const revoked = await pass(token, WatchService.method.watchVariables);
  expect([revoked?.aborted, vi.getTimerCount()]).toEqual([false, 1]);
  vi.advanceTimersByTime(66_000);
  expect([revoked?.aborted, vi.getTimerCount()]).toEqual([true, 0]);
  await expect(pass(token, VariableService.method.getVariable)).rejects.toThrow("not valid");
});

test("a file with a private key is refused, in PEM and in a JWK set", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const jwk = privateKey.export({ format: "jwk" });
  const files = {
    pkcs8: privateKey.export({ type: "pkcs8", format: "pem" }),
    sec1: privateKey.export({ type: "sec1", format: "pem" }),
    set: JSON.stringify({ keys: [{ ...jwk, alg: "ES256" }] }),
  };
  for (const [name, text] of Object.entries(files)) {
    const keys = join(folder, name);
    writeFileSync(keys, text);
    const open = () => createJwtReader({ keys, issuer, audience, claims }, (error) => expect.fail(String(error)));
    expect(open, name).toThrow("holds a private key");
  }
});
