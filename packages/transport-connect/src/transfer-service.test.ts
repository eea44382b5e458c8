import { Code, createClient } from "@connectrpc/connect";
import { decodeVariableFile } from "@trimtab/wire";
import { type ExportVariablesResponse, TransferFormat, TransferService } from "@trimtab/wire/services";
import { expect, test } from "vitest";
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
  expect(decodeVariableFile(file, "binary").variables).toEqual((await store.listVariables("s")).items);
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

test("what is no file is refused, and a format that is not known here too", async () => {
  const { binary, post } = await openServer();
  const { answer } = await post("TransferService/ImportVariables", JSON.stringify({ sessionId: "s", data: "AAAA" }));
  expect(answer).toMatchObject({ code: "invalid_argument", message: expect.stringContaining("data cannot be read") });
  const client = createClient(TransferService, binary);
  const csv = collect(client.exportVariables({ sessionId: "s", format: TransferFormat.CSV }));
  await expect(csv).rejects.toMatchObject({ code: Code.Unimplemented });
  await expect(client.startImportUpload({ sessionId: "s" })).rejects.toMatchObject({ code: Code.Unimplemented });
});
