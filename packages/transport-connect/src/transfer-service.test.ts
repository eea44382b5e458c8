import { Code, createClient } from "@connectrpc/connect";
import { decodeVariableFile } from "@trimtab/wire";
import { type ExportVariablesResponse, TransferFormat, TransferService } from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { openServer } from "./test-parts/open-server.ts";

const collect = async (parts: AsyncIterable<ExportVariablesResponse>) => {
  const all: ExportVariablesResponse["part"][] = [];
  for await (const { part } of parts) all.push(part);
  return all;
};

test("an export is a header, pieces of at most a mebibyte, and a summary that vouches for them", async () => {
  const { store, binary } = await openServer();
  await store.registerVariable("s", { name: "long", type: "string", value: "x".repeat(2_500_000) });
  const request = { sessionId: "s", format: TransferFormat.BINARY, includeHistory: true };
  const parts = await collect(createClient(TransferService, binary).exportVariables(request));
  expect(parts.map((part) => part.case)).toEqual(["header", "chunk", "chunk", "chunk", "chunk", "chunk", "summary"]);
  const [header] = parts;
  expect(header?.value).toMatchObject({ sessionId: "s", revision: 3n, fileName: "s-3.binpb", schemaVersion: 1 });
  const chunks = parts.flatMap((part) => (part.case === "chunk" ? [part.value] : []));
  for (const chunk of chunks) expect(chunk.byteLength).toBeLessThanOrEqual(1024 * 1024);
  const file = new Uint8Array(Buffer.concat(chunks));
  expect(parts.at(-1)?.value).toMatchObject({
    variableCount: 2n,
    versionCount: 2n,
    sizeBytes: BigInt(file.byteLength),
    sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", file)),
  });
  expect(decodeVariableFile(file).variables).toEqual((await store.listVariables("s")).items);
});

test("a file in JSON, which is meant where nothing is said, can be read and taken in", async () => {
  const { store, binary, post } = await openServer();
  const parts = await collect(createClient(TransferService, binary).exportVariables({ sessionId: "s" }));
  const [chunk] = parts.flatMap((part) => (part.case === "chunk" ? [part.value] : []));
  const file = Buffer.from(chunk ?? []);
  expect(JSON.parse(file.toString("utf8"))).toMatchObject({
    variables: [{ name: "temperature", value: { number: 0.7 } }],
  });
  await store.createSession({ id: "t" });
  const body = JSON.stringify({ sessionId: "t", data: file.toString("base64") });
  const { status, answer } = await post("TransferService/ImportVariables", body);
  expect(status).toBe(200);
  expect(answer).toMatchObject({ revision: "2", summary: { createdCount: "1", schemaVersion: 1 } });
  expect((await store.getVariable("t", "temperature")).value).toBe(0.7);
});

test.each([
  ["..\\..\\CON:*?", ".._.._CON___-1.json"],
  ["größe 1", "größe 1-1.json"],
  ["𝒳".repeat(127), `${"𝒳".repeat(50)}-1.json`],
])("the file of session %s has a name that file systems take", async (id, fileName) => {
  const { store, binary } = await openServer();
  await store.createSession({ id });
  const [header] = await collect(createClient(TransferService, binary).exportVariables({ sessionId: id }));
  expect(header?.value).toMatchObject({ sessionId: id, fileName });
  expect(Buffer.byteLength(fileName)).toBeLessThan(256);
});

test.each([
  [TransferFormat.CSV, "text/csv; charset=utf-8; header=present", "s-2.csv"],
  [TransferFormat.SAFETENSORS, "application/octet-stream", "s-2.safetensors"],
])("format %s can be had and taken in", async (format, contentType, fileName) => {
  const { store, binary } = await openServer();
  const client = createClient(TransferService, binary);
  const parts = await collect(client.exportVariables({ sessionId: "s", format }));
  expect(parts[0]?.value).toMatchObject({ format, contentType, fileName, schemaVersion: 1 });
  const [data] = parts.flatMap((part) => (part.case === "chunk" ? [part.value] : []));
  await store.createSession({ id: "t" });
  const { summary } = await client.importVariables({
    sessionId: "t",
    data: data ?? Uint8Array.of(),
    options: { format },
  });
  expect(summary).toMatchObject({ createdCount: 1n });
  expect((await store.getVariable("t", "temperature")).payload).toEqual({ kind: "number", value: 0.7 });
});

test("what a format does not hold is refused, not left out", async () => {
  const { binary } = await openServer();
  const ask = (request: object) => collect(createClient(TransferService, binary).exportVariables(request));
  for (const [format, field] of [
    [TransferFormat.CSV, "includeHistory"],
    [TransferFormat.CSV, "includeDependencies"],
    [TransferFormat.SAFETENSORS, "includeHistory"],
  ] as const) {
    await expect(ask({ sessionId: "s", format, [field]: true })).rejects.toMatchObject({ code: Code.InvalidArgument });
  }
  const held = { sessionId: "s", format: TransferFormat.SAFETENSORS, includeDependencies: true };
  expect((await ask(held)).at(-1)?.case).toBe("summary");
});

test("what is no file is refused, and a format that is none too", async () => {
  const { binary, post } = await openServer();
  const { answer } = await post("TransferService/ImportVariables", JSON.stringify({ sessionId: "s", data: "AAAA" }));
  expect(answer).toMatchObject({ code: "invalid_argument", message: expect.stringContaining("data is no JSON") });
  const client = createClient(TransferService, binary);
  await expect(collect(client.exportVariables({ sessionId: "s", format: 9 as 0 }))).rejects.toMatchObject({
    code: Code.InvalidArgument,
  });
});

describe("an upload", () => {
  const table = (value: string) => new TextEncoder().encode(`name,type,value\nx,float,${value}\n`);

  async function openUpload(file: Uint8Array) {
    const { store, binary } = await openServer({ uploads: { chunkBytes: 8 } });
    const client = createClient(TransferService, binary);
    const started = await client.startImportUpload({ sessionId: "s", sizeBytes: BigInt(file.byteLength) });
    expect(started.maxChunkBytes).toBe(8n);
    const upload = { sessionId: "s", uploadId: started.uploadId };
    for (let at = 0; at < file.byteLength; at += 8) {
      const piece = { offset: BigInt(at), data: file.subarray(at, at + 8) };
      const { receivedBytes } = await client.uploadImportChunk({ ...upload, ...piece });
      expect(receivedBytes).toBe(BigInt(Math.min(at + 8, file.byteLength)));
    }
    return { store, client, upload };
  }

  const csv = { format: TransferFormat.CSV };

  test("is taken in in one commit, once", async () => {
    const { store, client, upload } = await openUpload(table("1"));
    const tried = await client.finishImportUpload({ ...upload, options: { ...csv, validateOnly: true } });
    expect(tried.summary).toMatchObject({ createdCount: 1n });
    expect((await store.getSession("s")).stats.variableCount).toBe(1);
    const done = await client.finishImportUpload({ ...upload, options: csv, context: { actor: "ada" } });
    expect(done).toMatchObject({ revision: 3n, summary: { createdCount: 1n } });
    expect((await store.listCommits("s")).items[0]).toMatchObject({ actor: "ada", revision: 3 });
    await expect(client.finishImportUpload({ ...upload, options: csv })).rejects.toMatchObject({ code: Code.NotFound });
  });

  test("stays after a refusal, so that it can be finished otherwise", async () => {
    const { store, client, upload } = await openUpload(table("1"));
    await store.registerVariable("s", { name: "x", type: "string", value: "there" });
    await expect(client.finishImportUpload({ ...upload, options: csv })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
    await expect(client.finishImportUpload(upload)).rejects.toThrow("uploadId (the uploaded file) is no JSON");
    const { summary } = await client.finishImportUpload({ ...upload, options: { ...csv, allowPartial: true } });
    expect(summary).toMatchObject({ refusedCount: 1n });
  });

  test("can be dropped, also where it is not there", async () => {
    const { client, upload } = await openUpload(table("1"));
    await client.cancelImportUpload(upload);
    await client.cancelImportUpload(upload);
    await expect(client.finishImportUpload(upload)).rejects.toMatchObject({ code: Code.NotFound });
  });

  test("needs a session, and an id", async () => {
    const { client } = await openUpload(table("1"));
    await expect(client.startImportUpload({ sessionId: "nope" })).rejects.toMatchObject({ code: Code.NotFound });
    await expect(client.uploadImportChunk({ sessionId: "s" })).rejects.toThrow("uploadId is required");
    await expect(client.cancelImportUpload({ uploadId: "x" })).rejects.toThrow("sessionId is required");
  });
});
