import type { Exchange } from "@trimtab/http";
import { expect, test, vi } from "vitest";
import { succeed } from "./answers.ts";
import type { Call } from "./call.ts";
import { unaryDialects } from "./dialects.ts";
import { frameOf } from "./envelope.ts";

test.each(["application/grpc+proto", "application/proto"])("an answer by %s in pieces is sent as one", (type) => {
  const exchange = { isClosed: false, headers: {}, start: vi.fn(), write: vi.fn(), writeAll: vi.fn(), end: vi.fn() };
  const frame = frameOf(0, new Array(3).fill(new Uint8Array(64 * 1024)));
  const call = {
    exchange: exchange as Partial<Exchange>,
    dialect: unaryDialects.get(type),
    codec: { frame: () => frame },
    method: { isStream: false },
    context: { finish() {} },
  };
  succeed(call as unknown as Call, {}, []);
  const pieces = type.includes("grpc") ? frame.pieces : frame.message;
  expect(exchange.writeAll.mock.calls).toEqual([[pieces]]);
  expect(exchange.write).not.toHaveBeenCalled();
  expect(exchange.end).toHaveBeenCalledWith(type.includes("grpc") ? { trailers: { "grpc-status": "0" } } : {});
});
