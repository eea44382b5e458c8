import type { Exchange } from "@trimtab/http";
import { expect, test, vi } from "vitest";
import { succeed } from "./answers.ts";
import type { Call } from "./call.ts";
import { unaryDialects } from "./dialects.ts";
import { frameOf } from "./envelope.ts";

const mebibyte = new Uint8Array(1024 * 1024);

test.each([
  ["application/grpc+proto", 100, 100],
  ["application/grpc+proto", 129, 0],
  ["application/proto", 129, 0],
])("an answer by %s of %d MiB in pieces is written in %d before its end", (type, size, writes) => {
  const exchange = { isClosed: false, start: vi.fn(), write: vi.fn(() => true), end: vi.fn(), headers: {} };
  const frame = frameOf(0, new Array(size).fill(mebibyte));
  const call = {
    exchange: exchange as Partial<Exchange>,
    dialect: unaryDialects.get(type),
    codec: { frame: () => frame },
    method: { isStream: false },
    context: { finish() {} },
  };
  succeed(call as unknown as Call, {}, []);
  expect(exchange.write).toHaveBeenCalledTimes(writes);
  expect(exchange.end).toHaveBeenCalledTimes(1);
});
