import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import * as http2 from "node:http2";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { createStoreClient, readAtOnce } from "@trimtab/client";
import type { Store } from "@trimtab/core";
import { health, reflectionV1 } from "@trimtab/wire/grpc";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { createToken } from "../src/auth/token.ts";
import type { Settings } from "../src/settings.ts";
import type { RunningServer } from "../src/start-server.ts";
import { callRaw, protocols } from "./fuzz/call-raw.ts";
import { openServer } from "./open-server.ts";
import { makeAuthority, makeCertificate } from "./test-parts/certificates.ts";
import { ofApi } from "./test-parts/of-api.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const bearing =
  (token: string | undefined): Interceptor =>
  (next) =>
  (request) => {
    if (token !== undefined) request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };

/** Ways to call with a token: what servers commonly serve, and what they leave to Connect's router. */
const ways: Readonly<Record<string, (baseUrl: string, token?: string) => Transport>> = {
  Connect: (baseUrl, token) => createConnectTransport({ baseUrl, httpVersion: "2", interceptors: [bearing(token)] }),
  "Connect, JSON, packed, HTTP/1.1": (baseUrl, token) =>
    createConnectTransport({
      baseUrl,
      httpVersion: "1.1",
      useBinaryFormat: false,
      compressMinBytes: 0,
      sendCompression: compressionGzip,
      interceptors: [bearing(token)],
    }),
  gRPC: (baseUrl, token) => createGrpcTransport({ baseUrl, interceptors: [bearing(token)] }),
  "gRPC-web": (baseUrl, token) =>
    createGrpcWebTransport({ baseUrl, httpVersion: "1.1", interceptors: [bearing(token)] }),
};

const storeOf = (server: RunningServer, token?: string): Store =>
  createStoreClient(ways["gRPC"]?.(server.url, token) ?? expect.fail());

interface Guarded {
  readonly server: RunningServer;
  readonly file: string;
  readonly secret: string;
  readonly line: string;
  readonly faults: unknown[];
  /** Puts another file in the place of the one with who may call. */
  replace(lines: readonly string[]): void;
}

async function openGuarded(settings: Partial<Settings> = {}): Promise<Guarded> {
  const file = join(temporaryFolder(), "principals");
  const { secret, stored } = createToken();
  const line = JSON.stringify({ principal: "ci", token: stored, sessions: ["*"] });
  writeFileSync(file, `# who may call\n\n${line}\n`);
  const faults: unknown[] = [];
  const server = await openServer({ principals: file, ...settings }, { onError: (error) => faults.push(error) });
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  const replace = (lines: readonly string[]) => {
    writeFileSync(`${file}.new`, lines.join("\n"));
    renameSync(`${file}.new`, file);
  };
  return { server, file, secret, line, faults, replace };
}

const unauthenticated = { code: "unauthenticated", reason: "unauthenticated", details: { scheme: "bearer" } };

describe.each(Object.entries(ways))("over %s", (_, transport) => {
  test("whoever has a token is let in, and nobody else", async () => {
    const { server, secret } = await openGuarded();
    const call = (token?: string) => createStoreClient(transport(server.url, token)).getSession("s");
    expect(await call(secret)).toMatchObject({ id: "s" });
    const changed = `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`;
    const { secret: other } = createToken();
    for (const token of [undefined, "", "x", changed, other, `${secret}x`, secret.toLowerCase(), "a.b.c"]) {
      await expect(call(token), token ?? "none").rejects.toMatchObject(unauthenticated);
    }
  });

  test("a stream asks who calls, too, and ends when its token is revoked", async () => {
    const { server, secret, replace } = await openGuarded();
    const stranger = createStoreClient(transport(server.url)).watch("s")[Symbol.asyncIterator]();
    await expect(stranger.next()).rejects.toMatchObject(unauthenticated);
    const watch = createStoreClient(transport(server.url, secret)).watch("s")[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
    const next = watch.next();
    replace([]);
    await expect(next).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

describe("a file of who may call", () => {
  test("is read anew as it changes: old tokens are refused, new ones taken, and who stays notices nothing", async () => {
    const { server, secret, line, replace } = await openGuarded();
    const next = createToken();
    const nextLine = JSON.stringify({ principal: "ci", token: next.stored, sessions: ["*"] });
    const watch = storeOf(server, secret).watch("s")[Symbol.asyncIterator]();
    await watch.next();
    replace([line, nextLine]);
    await expect.poll(() => storeOf(server, next.secret).getSession("s")).toMatchObject({ id: "s" });
    const { revision } = await server.store.registerVariable("s", { name: "x", type: "float", value: 1 });
    expect((await watch.next()).value).toMatchObject({ revision });
    replace([nextLine]);
    await expect(watch.next()).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(storeOf(server, secret).getSession("s")).rejects.toMatchObject(unauthenticated);
    expect(await storeOf(server, next.secret).getSession("s")).toMatchObject({ id: "s" });
  });

  test("that is wrong changes nothing, and is told without a word of what is in it", async () => {
    const { server, secret, faults, replace } = await openGuarded();
    replace([`{"principal":"ci","token":"${secret}","sessions":["*"]}`]);
    await expect.poll(() => faults.length).toBe(1);
    server.reload();
    expect(faults).toHaveLength(2);
    const told = faults.map((fault) => (fault instanceof Error ? `${fault.message}: ${fault.cause}` : ""));
    expect(told[0]).toContain("line 1: token: must be what");
    expect(told.join()).not.toContain(secret);
    expect(await storeOf(server, secret).getSession("s")).toMatchObject({ id: "s" });
  });
});

describe("whoever has no token", () => {
  test("is asked who they are by every method, whichever way it is served", async () => {
    const { server } = await openGuarded({ callerRate: 0, sessionRate: 0 });
    const connection = http2.connect(server.url);
    onTestFinished(() => connection.destroy());
    const bytes = new TextEncoder().encode('{"sessionId":"s"}');
    const packed = { bytes: new Uint8Array(gzipSync(bytes)), packed: "gzip" } as const;
    for (const method of ofApi(server.services).flatMap((service) => service.methods)) {
      for (const protocol of protocols) {
        // Packed messages in envelopes are left to Connect's router.
        for (const body of [{ bytes }, packed]) {
          const call = { body: { encoding: "json", ...body }, protocol } as const;
          const outcome = await callRaw(connection, method, call);
          expect(outcome, `${method.name} over ${protocol}`).toMatchObject({ code: "unauthenticated" });
        }
      }
    }
  });

  test("is told in HTTP, too, how to do better", async () => {
    const { server } = await openGuarded();
    const answer = await fetch(`${server.url}/trimtab.v1.SessionService/GetSession`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"sessionId":"s"}',
    });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });

  test("may ask for health and open the page, and not list what is served by reflection", async () => {
    const { server } = await openGuarded();
    const transport = ways["gRPC"]?.(server.url) ?? expect.fail();
    expect((await createClient(health.Health, transport).check({})).status).toBe(1);
    expect((await fetch(server.url)).status).toBe(200);
    const reflection = createClient(reflectionV1.ServerReflection, transport);
    async function* ask() {
      yield { messageRequest: { case: "listServices" as const, value: "" } };
    }
    const answers = reflection.serverReflectionInfo(ask())[Symbol.asyncIterator]();
    await expect(answers.next()).rejects.toThrow("[unauthenticated]");
  });

  test("may ask by a preflight what a page may send, and the page may then say who it is", async () => {
    const { server, secret } = await openGuarded({ corsOrigins: ["http://friend"] });
    const path = `${server.url}/trimtab.v1.SessionService/GetSession`;
    const asked = { "access-control-request-method": "POST", "access-control-request-headers": "authorization" };
    const preflight = await fetch(path, { method: "OPTIONS", headers: { origin: "http://friend", ...asked } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
    const call = (authorization: string) =>
      fetch(path, {
        method: "POST",
        headers: { origin: "http://friend", "content-type": "application/json", authorization },
        body: '{"sessionId":"s"}',
      });
    expect((await call(`Bearer ${secret}`)).status).toBe(200);
    const refused = await call("Bearer nonsense");
    expect(refused.status).toBe(401);
    // Without it a page would see that the call failed, and not why.
    expect(refused.headers.get("access-control-allow-origin")).toBe("http://friend");
  });
});

type Key = Awaited<ReturnType<typeof generateKeyPair>>["publicKey"];

describe("JSON Web Tokens", () => {
  const claims = { sub: "ada", trimtab_sessions: ["*"], roles: "admin dev", trimtab_attributes: { team: "x" } };
  const terms = { jwtIssuer: "https://issuer.example", jwtAudience: "trimtab" };

  async function openForJwt(form: "jwks" | "jwks with a byte order mark" | "pem") {
    const keys = await generateKeyPair("ES256", { extractable: true });
    const jwtKeys = join(temporaryFolder(), "keys");
    const write = async (key: Key) =>
      writeFileSync(
        jwtKeys,
        form === "pem"
          ? await exportSPKI(key)
          : `${form === "jwks" ? "" : "\uFEFF"}${JSON.stringify({ keys: [{ ...(await exportJWK(key)), alg: "ES256" }] })}`,
      );
    await write(keys.publicKey);
    const server = await openServer({ jwtKeys, ...terms });
    onTestFinished(() => server.close());
    await server.store.createSession({ id: "s" });
    return { server, key: keys.privateKey, write };
  }

  const sign = (key: Key | Uint8Array, payload: Record<string, unknown> = claims, alg = "ES256") =>
    new SignJWT({ iss: terms.jwtIssuer, aud: terms.jwtAudience, exp: Date.now() / 1000 + 3600, ...payload })
      .setProtectedHeader({ alg })
      .sign(key);

  test.each(["jwks", "jwks with a byte order mark", "pem"] as const)(
    "are taken by keys in a file, as %s",
    async (form) => {
      const { server, key } = await openForJwt(form);
      expect(await storeOf(server, await sign(key)).getSession("s")).toMatchObject({ id: "s" });
    },
  );

  test("are taken by keys that a URL gives", async () => {
    const keys = await generateKeyPair("EdDSA");
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), alg: "EdDSA", use: "sig" }] });
    const issuer = http.createServer((_, response) => void response.end(jwks)).listen(0, "127.0.0.1");
    await once(issuer, "listening");
    onTestFinished(() => void issuer.close());
    const { port } = issuer.address() as AddressInfo;
    const server = await openServer({ jwtKeys: `http://127.0.0.1:${port}/jwks.json`, ...terms });
    onTestFinished(() => server.close());
    await server.store.createSession({ id: "s" });
    const token = await sign(keys.privateKey, claims, "EdDSA");
    expect(await storeOf(server, token).getSession("s")).toMatchObject({ id: "s" });
    const stranger = await sign((await generateKeyPair("EdDSA")).privateKey, claims, "EdDSA");
    await expect(storeOf(server, stranger).getSession("s")).rejects.toMatchObject(unauthenticated);
  });

  test("cannot be checked while a URL gives no keys, which the caller is told and the operator once", async () => {
    const keys = await generateKeyPair("EdDSA");
    const jwk = { ...(await exportJWK(keys.publicKey)), alg: "EdDSA", kid: "a" };
    let status = 503;
    const answer = (_: unknown, response: http.ServerResponse) =>
      void response.writeHead(status).end(JSON.stringify({ keys: [jwk] }));
    const issuer = http.createServer(answer).listen(0, "127.0.0.1");
    await once(issuer, "listening");
    onTestFinished(() => void issuer.close());
    const { port } = issuer.address() as AddressInfo;
    const faults: unknown[] = [];
    const server = await openServer(
      { jwtKeys: `http://127.0.0.1:${port}/`, ...terms, authFailureBurst: 2, authFailureRate: 1 },
      { onError: (error) => faults.push(error) },
    );
    onTestFinished(() => server.close());
    await server.store.createSession({ id: "s" });
    const token = await sign(keys.privateKey, claims, "EdDSA");
    // More often than tokens may be wrong.
    for (let call = 0; call < 5; call++) {
      await expect(storeOf(server, token).getSession("s")).rejects.toMatchObject({ reason: "unavailable" });
    }
    expect(faults.map(String)).toEqual([expect.stringContaining("--jwt-keys cannot be fetched")]);
    status = 200;
    expect(await storeOf(server, token).getSession("s")).toMatchObject({ id: "s" });
  });

  test("are refused where anything about them is wrong", async () => {
    const { server, key } = await openForJwt("jwks");
    const stranger = await generateKeyPair("ES256");
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`;
    const wrong = {
      "another key": await sign(stranger.privateKey),
      "another issuer": await sign(key, { ...claims, iss: "https://other.example" }),
      "another audience": await sign(key, { ...claims, aud: "other" }),
      "no end": await sign(key, { ...claims, exp: undefined }),
      expired: await sign(key, { ...claims, exp: Date.now() / 1000 - 60 }),
      "not yet": await sign(key, { ...claims, nbf: Date.now() / 1000 + 600 }),
      "no name": await sign(key, { ...claims, sub: undefined }),
      "no sessions": await sign(key, { ...claims, trimtab_sessions: [] }),
      "sessions that are none": await sign(key, { ...claims, trimtab_sessions: [1] }),
      "a secret that both sides have": await sign(new TextEncoder().encode("x".repeat(32)), claims, "HS256"),
      unsigned,
    };
    for (const [what, token] of Object.entries(wrong)) {
      await expect(storeOf(server, token).getSession("s"), what).rejects.toMatchObject(unauthenticated);
    }
  });

  test("are checked by new keys once those are there, and streams end that began by old ones", async () => {
    const { server, key, write } = await openForJwt("pem");
    const token = await sign(key);
    const watch = storeOf(server, token).watch("s")[Symbol.asyncIterator]();
    await watch.next();
    const next = await generateKeyPair("ES256", { extractable: true });
    await write(next.publicKey);
    await expect(watch.next()).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(storeOf(server, token).getSession("s")).rejects.toMatchObject(unauthenticated);
    expect(await storeOf(server, await sign(next.privateKey)).getSession("s")).toMatchObject({ id: "s" });
  });
});

describe("a client's certificate", () => {
  test("says who calls where the server knows who signed it, over both versions of HTTP", async () => {
    const folder = temporaryFolder();
    const [authority, stranger] = [makeAuthority(folder, "authority"), makeAuthority(folder, "stranger")];
    const own = makeCertificate(authority, folder, "localhost", "DNS:localhost,IP:127.0.0.1");
    const worker = makeCertificate(authority, folder, "worker", "URI:spiffe://example/worker");
    const unknown = makeCertificate(authority, folder, "unknown", "URI:spiffe://example/unknown");
    const forged = makeCertificate(stranger, folder, "forged", "URI:spiffe://example/worker");
    const file = join(folder, "principals");
    writeFileSync(file, '{"principal":"worker","certificate":"URI:spiffe://example/worker","sessions":["*"]}\n');
    const tls = { tlsCert: own.cert, tlsKey: own.key, tlsClientCa: authority.cert };
    const server = await openServer({ ...tls, principals: file });
    onTestFinished(() => server.close());
    await server.store.createSession({ id: "s" });
    const read = (path: string) => readFileSync(path, "utf8");
    const call = (httpVersion: "1.1" | "2", certificate?: typeof own) => {
      const nodeOptions = {
        ca: read(authority.cert),
        ...(certificate && { cert: read(certificate.cert), key: read(certificate.key) }),
      };
      const transport =
        httpVersion === "2"
          ? createConnectTransport({
              baseUrl: server.url,
              httpVersion,
              sessionManager: readAtOnce(new Http2SessionManager(server.url, {}, nodeOptions)),
            })
          : createConnectTransport({
              baseUrl: server.url,
              httpVersion,
              nodeOptions: { agent: new https.Agent(nodeOptions) },
            });
      return createStoreClient(transport).getSession("s");
    };
    for (const version of ["1.1", "2"] as const) {
      expect(await call(version, worker)).toMatchObject({ id: "s" });
      for (const certificate of [undefined, unknown, forged]) {
        await expect(call(version, certificate)).rejects.toMatchObject(unauthenticated);
      }
    }
  });
});
