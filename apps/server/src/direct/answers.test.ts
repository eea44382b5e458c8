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

test("trailers of an answer by Connect are sent ahead of it, as fields of their own", () => {
  const exchange = { isClosed: false, headers: {}, start: vi.fn(), end: vi.fn() };
  const call = {
    exchange: exchange as Partial<Exchange>,
    dialect: unaryDialects.get("application/proto"),
    codec: { frame: () => frameOf(0, [new Uint8Array(3)]) },
    method: { isStream: false },
    context: { finish() {}, addedTrailer: new Headers({ "x-cost": "7" }) },
  };
  succeed(call as unknown as Call, {}, []);
  expect(exchange.start).toHaveBeenCalledExactlyOnceWith(200, expect.objectContaining({ "trailer-x-cost": "7" }));
});
