import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tls from "node:tls";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { createStoreClient, readAtOnce } from "@trimtab/client";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";
import { type Certificate, makeAuthority, makeCertificate } from "./test-parts/certificates.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** A server with a certificate and its files, which stay where they are while what is in them changes. */
async function open() {
  const folder = temporaryFolder();
  const authority = makeAuthority(folder, "authority");
  const named = (name: string) => makeCertificate(authority, folder, name, "DNS:localhost,IP:127.0.0.1");
  const [old, renewed] = [named("old"), named("renewed")];
  const files = { cert: join(folder, "server.pem"), key: join(folder, "server.key"), clientCa: join(folder, "ca.pem") };
  const put = (from: string, to: string) => {
    copyFileSync(from, `${to}.new`);
    renameSync(`${to}.new`, to);
  };
  put(old.cert, files.cert);
  put(old.key, files.key);
  put(authority.cert, files.clientCa);
  const principals = join(folder, "principals");
  writeFileSync(principals, `${JSON.stringify({ principal: "w", certificate: "CN:worker", sessions: ["*"] })}\n`);
  const faults: string[] = [];
  const onError = (error: unknown) =>
    void faults.push(error instanceof Error ? `${error.message}: ${error.cause}` : "");
  const server = await openServer(
    { tlsCert: files.cert, tlsKey: files.key, tlsClientCa: files.clientCa, principals },
    { onError },
  );
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  /** The name on the certificate that the server shows to whoever connects now. */
  const shown = () =>
    new Promise<unknown>((resolve, reject) => {
      const ca = readFileSync(authority.cert);
      const socket = tls.connect({ port: server.port, host: "127.0.0.1", ca }, () => {
        resolve(socket.getPeerCertificate().subject["CN"]);
        socket.destroy();
      });
      socket.on("error", reject);
    });
  return { server, folder, authority, renewed, files, put, faults, shown };
}

const clientOf = (url: string, ca: string, { cert, key }: Certificate) => {
  const tlsOptions = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
  const sessionManager = readAtOnce(new Http2SessionManager(url, {}, tlsOptions));
  return createStoreClient(createGrpcTransport({ baseUrl: url, sessionManager }));
};

test("a certificate that is renewed is shown to whoever connects, and who is connected notices nothing", async () => {
  const { server, folder, authority, renewed, files, put, faults, shown } = await open();
  const worker = makeCertificate(authority, folder, "worker", "DNS:worker");
  const client = clientOf(server.url, authority.cert, worker);
  const watch = client.watch("s")[Symbol.asyncIterator]();
  onTestFinished(async () => void (await watch.return?.()));
  await watch.next();
  expect(await shown()).toBe("old");
  // One after the other, so that for a moment they do not fit together.
  put(renewed.cert, files.cert);
  await expect.poll(() => faults.length).toBe(1);
  expect(faults[0]).toMatch(/^TLS goes on with the files as they were: .*--tls-key: /);
  expect(await shown()).toBe("old");
  put(renewed.key, files.key);
  await expect.poll(shown).toBe("renewed");
  await client.registerVariable("s", { name: "x", type: "float", value: 1 });
  expect((await watch.next()).value).toMatchObject({ kind: "changes" });
  expect(faults).toHaveLength(1);
});

test("files that are of no use are told of and change nothing", async () => {
  const { folder, authority, files, put, faults, shown, server } = await open();
  const garbage = join(folder, "garbage");
  const spoil = async (file: string, text: string, told: RegExp) => {
    const before = readFileSync(file);
    writeFileSync(garbage, text);
    put(garbage, file);
    await expect.poll(() => faults.at(-1)).toMatch(told);
    expect(await shown()).toBe("old");
    writeFileSync(garbage, before);
    put(garbage, file);
  };
  await spoil(files.cert, "", /--tls-cert: .*holds no certificate/);
  await spoil(files.key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", /--tls-key/);
  const block = readFileSync(authority.cert, "utf8").replace(/[A-Z]{4}/, "!!!!");
  await spoil(files.clientCa, block, /--tls-client-ca/);
  const worker = makeCertificate(authority, folder, "worker", "DNS:worker");
  expect(await clientOf(server.url, authority.cert, worker).getSession("s")).toMatchObject({ id: "s" });
  expect(faults.join()).not.toContain("PRIVATE KEY");
});

test("authorities of clients are read anew: another is believed from then on, and the one before no longer", async () => {
  const { server, authority, files, put, faults } = await open();
  const other = makeAuthority(temporaryFolder(), "other");
  const [before, after] = [authority, other].map((by) => {
    const worker = makeCertificate(by, temporaryFolder(), "worker", "DNS:worker");
    // Each call has a connection of its own.
    return () => clientOf(server.url, authority.cert, worker).getSession("s");
  });
  expect(await before?.()).toMatchObject({ id: "s" });
  await expect(after?.()).rejects.toMatchObject({ reason: "unauthenticated" });
  put(other.cert, files.clientCa);
  await expect.poll(() => after?.().catch(() => undefined)).toMatchObject({ id: "s" });
  await expect(before?.()).rejects.toMatchObject({ reason: "unauthenticated" });
  expect(faults).toEqual([]);
});
