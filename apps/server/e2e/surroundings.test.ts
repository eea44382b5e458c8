import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { createStoreClient, readAtOnce } from "@trimtab/client";
import { health, reflectionV1, reflectionV1alpha } from "@trimtab/wire/grpc";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultSettings } from "../src/settings.ts";
import type { RunningServer } from "../src/start-server.ts";
import { openServer, transports } from "./open-server.ts";

const folder = mkdtempSync(join(tmpdir(), "trimtab-server-"));
let server: RunningServer;

beforeAll(async () => {
  mkdirSync(join(folder, "static", "sub"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "static", "app.js"), "let x;");
  writeFileSync(join(folder, "static", "sub", "index.html"), "<p>sub</p>");
  symlinkSync(join(folder, "secret.txt"), join(folder, "static", "link.txt"));
  server = await openServer({ corsOrigins: ["http://friend"], static: join(folder, "static") });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test("a server that a program starts is held to what the command is", async () => {
  const open = { listen: { host: "0.0.0.0", port: 0 } };
  await expect(openServer(open)).rejects.toThrow("nobody has to say who they are");
  await expect(openServer({ tlsCert: "cert.pem" })).rejects.toThrow("--tls-cert and --tls-key are given together");
  const told = await openServer({ ...open, insecure: true });
  await told.close();
});

test("a folder of files that is not there keeps the server from starting", async () => {
  await expect(openServer({ static: join(folder, "nowhere") })).rejects.toThrow("--static: ENOENT");
  await expect(openServer({ static: join(folder, "secret.txt") })).rejects.toThrow("secret.txt is not a folder");
});

test("sessions live as long as the server says, where they do not", async () => {
  const other = await openServer({ sessionTtlMs: 86_400_000 });
  const store = createStoreClient(createGrpcTransport({ baseUrl: other.url }));
  try {
    expect((await store.createSession({ id: "kept" })).ttlMs).toBe(86_400_000);
    expect((await store.createSession({ id: "brief", ttlMs: 5000 })).ttlMs).toBe(5000);
  } finally {
    await other.close();
  }
});

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

describe("health", () => {
  test("answers plain JSON", async () => {
    const response = await post("/grpc.health.v1.Health/Check", "{}");
    expect(await response.json()).toEqual({ status: "SERVING" });
  });

  test.each(Object.entries(transports))("is told by %s, for each service", async (_, createTransport) => {
    const client = createClient(health.Health, createTransport(server.url));
    const { SERVING } = health.HealthCheckResponse_ServingStatus;
    expect((await client.check({ service: "trimtab.v1.VariableService" })).status).toBe(SERVING);
    await expect(client.check({ service: "nope" })).rejects.toThrow('[not_found] unknown service "nope"');
    expect(Object.keys((await client.list({})).statuses)).toContain("trimtab.v1.WatchService");
  });

  test("is told no longer than a watcher has time, and the watcher that its time is over", async () => {
    const headers = { "content-type": "application/connect+json", "connect-timeout-ms": "1" };
    const answer = await post("/grpc.health.v1.Health/Watch", "\0\0\0\0\x02{}", headers);
    expect(await answer.text()).toContain('{"error":{"code":"deadline_exceeded"');
  });

  test("changes when the server stops, and watchers hear of it", async () => {
    const stopping = await openServer();
    const client = createClient(health.Health, createGrpcTransport({ baseUrl: stopping.url }));
    const seen: number[] = [];
    let closed: Promise<void> | undefined;
    for await (const { status } of client.watch({})) {
      seen.push(status);
      closed ??= stopping.close();
    }
    await closed;
    const { SERVING, NOT_SERVING } = health.HealthCheckResponse_ServingStatus;
    expect(seen).toEqual([SERVING, NOT_SERVING]);
  });
});

describe.each([
  ["v1", reflectionV1.ServerReflection],
  ["v1alpha", reflectionV1alpha.ServerReflection as unknown as typeof reflectionV1.ServerReflection],
])("reflection %s", (_, service) => {
  const ask = async (messageRequest: Parameters<typeof createRequest>[0]) => {
    const client = createClient(service, createGrpcTransport({ baseUrl: server.url }));
    for await (const response of client.serverReflectionInfo(createRequest(messageRequest)))
      return response.messageResponse;
    return expect.fail("no answer");
  };
  async function* createRequest(messageRequest: reflectionV1.ServerReflectionRequest["messageRequest"]) {
    yield { messageRequest };
  }

  test("lists the services that are there, itself included", async () => {
    const answer = await ask({ case: "listServices", value: "" });
    const names = answer.case === "listServicesResponse" ? answer.value.service.map(({ name }) => name) : [];
    expect(names).toEqual(
      expect.arrayContaining(["trimtab.v1.VariableService", "grpc.health.v1.Health", service.typeName]),
    );
    // Nobody is asked who they are, so that there is no audit.
    expect(names).not.toContain("trimtab.v1.AuditService");
  });

  test.each([
    ["fileByFilename", "trimtab/v1/watch.proto"],
    ["fileContainingSymbol", "trimtab.v1.VariableService"],
    ["fileContainingSymbol", "trimtab.v1.VariableService.SetVariable"],
    ["fileContainingSymbol", "trimtab.v1.Variable.version"],
    ["fileContainingSymbol", "google.protobuf.Timestamp"],
  ] as const)("gives files for %s %s, with their imports", async (kind, value) => {
    const answer = await ask({ case: kind, value });
    expect(answer.case === "fileDescriptorResponse" && answer.value.fileDescriptorProto.length).toBeGreaterThan(0);
  });

  test.each([
    { case: "fileByFilename", value: "nope.proto" },
    { case: "fileContainingSymbol", value: "nope" },
    { case: "allExtensionNumbersOfType", value: "nope" },
  ] as const)("says that it does not know %o", async (request) => {
    expect(await ask(request)).toMatchObject({ case: "errorResponse", value: { errorCode: 5 } });
  });
});

describe("browsers", () => {
  test("see a page that says what this is, and loads nothing from elsewhere", async () => {
    const response = await fetch(server.url);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = await response.text();
    expect(page).toContain("Live, typed, versioned variables for AI programs");
    expect(page).toContain(`${server.url}/trimtab.v1.SessionService/CreateSession`);
    expect(page).not.toMatch(/(src|href)=/);
  });

  test("may call from origins that are allowed, and from no others", async () => {
    const preflight = (origin: string) =>
      fetch(`${server.url}/trimtab.v1.VariableService/GetVariable`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
      });
    const allowed = await preflight("http://friend");
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("http://friend");
    const headers = allowed.headers.get("access-control-allow-headers");
    for (const name of ["Connect-Protocol-Version", "Traceparent", "Tracestate"]) expect(headers).toContain(name);
    expect((await preflight("http://stranger")).headers.get("access-control-allow-origin")).toBeNull();
    const call = await post("/grpc.health.v1.Health/Check", "{}", { origin: "http://friend" });
    expect(call.headers.get("access-control-allow-origin")).toBe("http://friend");
    expect(call.headers.get("access-control-expose-headers")?.toLowerCase()).toContain("grpc-status");
  });

  test("get files, and nothing beside them", async () => {
    const script = await fetch(`${server.url}/app.js`);
    expect([script.headers.get("content-type"), await script.text()]).toEqual([
      "text/javascript; charset=utf-8",
      "let x;",
    ]);
    expect(await (await fetch(`${server.url}/sub/`)).text()).toBe("<p>sub</p>");
    for (const path of [
      "/nope",
      "/link.txt",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/sub/..%2f..%2fsecret.txt",
      "/%00",
      "/%zz",
    ]) {
      expect((await fetch(`${server.url}${path}`)).status).toBe(404);
    }
    expect((await fetch(`${server.url}/app.js`, { method: "DELETE" })).status).toBe(404);
  });
});

describe("TLS", () => {
  test("serves both versions of HTTP where given a certificate", async () => {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-keyout",
        key,
        "-out",
        cert,
      ],
      { stdio: "ignore" },
    );
    const secure = await openServer({ tlsCert: cert, tlsKey: key });
    expect(secure.url).toMatch(/^https:/);
    const nodeOptions = { rejectUnauthorized: false };
    const sessionManager = readAtOnce(new Http2SessionManager(secure.url, {}, nodeOptions));
    const overHttp2 = createStoreClient(createGrpcTransport({ baseUrl: secure.url, sessionManager }));
    await overHttp2.createSession({ id: "tls" });
    const overHttp1 = createStoreClient(
      createConnectTransport({
        baseUrl: secure.url,
        httpVersion: "1.1",
        nodeOptions: { agent: new https.Agent(nodeOptions) },
      }),
    );
    expect((await overHttp1.getSession("tls")).id).toBe("tls");
    const callers = Array.from({ length: 64 }, async () => {
      for (let call = 0; call < 15; call++) await overHttp2.getSession("tls");
    });
    await Promise.all(callers);
    await secure.close();
  });
});

test("a server whose port is taken says so and leaves nothing running", async () => {
  await expect(openServer({ ...defaultSettings, listen: { host: "127.0.0.1", port: server.port } })).rejects.toThrow(
    "EADDRINUSE",
  );
});
