import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { program } from "./generate-stubs.ts";
import { openGround } from "./open-ground.ts";
import { missingPackages, python } from "./python-parts.ts";

const script = `
import asyncio
import sys
import grpc
from refusal import read_refusal
from trimtab.v1 import session_pb2, session_pb2_grpc

request = session_pb2.GetSessionRequest(session_id="nowhere")

def fail(address):
    with grpc.insecure_channel(address) as channel:
        try:
            session_pb2_grpc.SessionServiceStub(channel).GetSession(request)
        except grpc.RpcError as error:
            return error

async def fail_async(address):
    async with grpc.aio.insecure_channel(address) as channel:
        try:
            await session_pb2_grpc.SessionServiceStub(channel).GetSession(request)
        except grpc.RpcError as error:
            return error

def tell(error):
    try:
        print(read_refusal(error)["reason"])
    except grpc.RpcError as raised:
        print(raised is error, raised.code().name)

for address in (sys.argv[1], "127.0.0.1:1"):
    tell(fail(address))
    tell(asyncio.run(fail_async(address)))
`;

const missing = missingPackages();

it("reads refusals of both kinds of calls, and raises the error again of one that was not refused", async (context) => {
  if (missing.length > 0) return context.skip(`${missing.join(", ")} not installed`);
  const cleanup = new AsyncDisposableStack();
  onTestFinished(() => cleanup.disposeAsync());
  const { server, stubs } = await openGround(cleanup);
  const env = { ...process.env, PYTHONPATH: `${stubs}:${program}`, PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await promisify(execFile)(python, ["-c", script, `127.0.0.1:${server.port}`], { env });
  expect(stdout.trim().split("\n")).toEqual([
    ...["session_not_found", "session_not_found"],
    ...["True UNAVAILABLE", "True UNAVAILABLE"],
  ]);
});
