import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { generateStubs, program } from "./generate-stubs.ts";
import { missingPackages, python } from "./python-parts.ts";

const script = `
import grpc
from refusal import read_refusal
from trimtab.v1 import session_pb2, session_pb2_grpc
with grpc.insecure_channel("127.0.0.1:1") as channel:
    try:
        session_pb2_grpc.SessionServiceStub(channel).GetSession(session_pb2.GetSessionRequest(session_id="s"))
    except grpc.RpcError as error:
        try:
            read_refusal(error)
        except grpc.RpcError as raised:
            print(raised is error, raised.code().name)
`;

const missing = missingPackages();

it("raises the error of a call again that was not refused by the server", async (context) => {
  if (missing.length > 0) return context.skip(`${missing.join(", ")} not installed`);
  const stubs = await mkdtemp(join(tmpdir(), "trimtab-python-"));
  onTestFinished(() => rm(stubs, { recursive: true, force: true }));
  await generateStubs(stubs);
  const env = { ...process.env, PYTHONPATH: `${stubs}:${program}`, PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await promisify(execFile)(python, ["-c", script], { env });
  expect(stdout).toBe("True UNAVAILABLE\n");
});
