import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import { isStoreError } from "@trimtab/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createToken } from "../src/auth/token.ts";
import type { Settings } from "../src/settings.ts";
import { openServer } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const burst = 20;

async function open(settings: Partial<Settings> = {}) {
  const folder = temporaryFolder();
  const [principals, auditFile] = [join(folder, "principals"), join(folder, "audit.jsonl")];
  const tokens = Array.from({ length: 50 }, createToken);
  const lines = tokens.map(({ stored }, index) =>
    JSON.stringify({ principal: `p${index}`, token: stored, sessions: ["*"] }),
  );
  writeFileSync(principals, lines.join("\n"));
  const server = await openServer({ principals, auditFile, authFailureRate: 1, authFailureBurst: burst, ...settings });
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  return { server, secrets: tokens.map(({ secret }) => secret), auditFile };
}

const ways: Readonly<Record<string, (baseUrl: string, interceptors: Interceptor[]) => Transport>> = {
  Connect: (baseUrl, interceptors) => createConnectTransport({ baseUrl, httpVersion: "1.1", interceptors }),
  gRPC: (baseUrl, interceptors) => createGrpcTransport({ baseUrl, interceptors }),
};

describe.each(Object.entries(ways))("over %s", (_, transportTo) => {
  test("an address that shows too much that is not valid is not listened to, but for those who were let in from there", async () => {
    const { server, secrets, auditFile } = await open();
    let forwarded = 0;
    const outcomeOf = (secret: string): Promise<string> => {
      const bearing: Interceptor = (next) => (request) => {
        request.header.set("authorization", `Bearer ${secret}`);
        // Whoever guesses may say what they like of where they are.
        request.header.set("x-forwarded-for", `192.0.2.${forwarded++ % 250}`);
        return next(request);
      };
      const call = createStoreClient(transportTo(server.url, [bearing])).getSession("s");
      return call.then(
        () => "let in",
        (error: unknown) => {
          if (isStoreError(error, "limit_exceeded")) expect(error.details.retryAfterMs).toBeGreaterThan(0);
          return isStoreError(error) ? error.reason : String(error);
        },
      );
    };
    const guess = (count: number) => Promise.all(Array.from({ length: count }, () => outcomeOf(createToken().secret)));
    const [known = "", ...others] = secrets;
    expect(await outcomeOf(known)).toBe("let in");
    const first = await guess(burst);
    expect(new Set(first)).toEqual(new Set(["unauthenticated"]));
    // A token that is valid, and new from here, is no exception while guesses go on.
    await expect
      .poll(async () => {
        await guess(10);
        return outcomeOf(others.pop() ?? expect.fail("a new caller is let in each time"));
      })
      .toBe("limit_exceeded");
    await guess(100);
    expect(await outcomeOf(known)).toBe("let in");
    await server.close();
    const told = readFileSync(auditFile, "utf8").trim().split("\n");
    const entries = told.map((line) => JSON.parse(line)).filter(({ basis }) => basis === "credentials");
    // What is refused unread is told once a minute, of which one may pass on a busy machine.
    expect([1, 2]).toContain(entries.filter(({ reason }) => reason === "limit_exceeded").length);
    expect(entries.filter(({ reason }) => reason === "unauthenticated").length).toBeGreaterThanOrEqual(burst);
    expect(entries.every(({ peer }) => peer.address === "127.0.0.1")).toBe(true);
  });
});

test("an answer over HTTP says when to try again", async () => {
  const { server } = await open();
  const post = () =>
    fetch(`${server.url}/trimtab.v1.SessionService/GetSession`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer guess" },
      body: "{}",
    });
  let answer = await post();
  expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  while (answer.status === 401) answer = await post();
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(await answer.json()).toMatchObject({ code: "resource_exhausted" });
});

test("behind a proxy that is named, whoever it speaks for is told apart, and in the audit", async () => {
  const { server, auditFile } = await open({ trustedProxies: ["127.0.0.0/8"] });
  const post = async (from: string, query = "") => {
    const answer = await fetch(`${server.url}/trimtab.v1.SessionService/GetSession${query}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer guess", "x-forwarded-for": from },
      body: "{}",
    });
    return answer.status;
  };
  // The second way is left to Connect's router.
  for (const query of ["", "?x=y"]) {
    let status = await post("6.6.6.6, 192.0.2.1", query);
    while (status === 401) status = await post("6.6.6.6, 192.0.2.1", query);
    expect(status).toBe(429);
    expect(await post("192.0.2.2", query)).toBe(401);
  }
  await server.close();
  const entries = readFileSync(auditFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const addresses = new Set(entries.map(({ peer }) => peer.address));
  expect(addresses).toEqual(new Set(["", "192.0.2.1", "192.0.2.2"]));
});
