import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { Output } from "../output.ts";
import { Conduct } from "./conduct.ts";
import { defaultLimits } from "./limits.ts";

/** The output of a connection whose client reads nothing unless it is resumed. */
async function openOutput() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  const [socket] = (await once(server, "connection")) as [Socket];
  onTestFinished(() => void socket.destroy());
  onTestFinished(() => void client.destroy());
  return new Output(socket, () => {});
}

const limits = { ...defaultLimits, maxUnsentAnswers: 10 };
const tenTimes = Array.from({ length: 10 });

it("counts answers that wait to be sent, not those that went before what waits", async () => {
  const output = await openOutput();
  const conduct = new Conduct(limits, output);
  for (const _ of tenTimes) {
    conduct.countAnswer();
    output.add(Buffer.alloc(17));
  }
  expect(() => conduct.countAnswer()).toThrow("too many frames whose answers are not read");
  output.flush();
  await expect.poll(() => output.waitingBytes).toBe(0);
  output.add(Buffer.alloc(64 << 20));
  output.flush();
  expect(output.waitingBytes).toBeGreaterThan(0);
  for (const _ of tenTimes) conduct.countAnswer();
  expect(() => conduct.countAnswer()).toThrow("too many frames whose answers are not read");
});

it("bears what accompanies streams and answers, and beyond that so much as other oddities", async () => {
  const conduct = new Conduct({ ...limits, oddities: { burst: 5, perSecond: 0 } }, await openOutput());
  const fault = "too many frames of no use";
  conduct.allowStream();
  conduct.allowFrame(10);
  // No more than the burst is ever saved up.
  for (const _ of tenTimes) conduct.countCompanion();
  expect(() => conduct.countCompanion()).toThrow(fault);
  conduct.allowFrame(1 << 20);
  for (let i = 0; i < 5; i++) conduct.countCompanion();
  expect(() => conduct.countCompanion()).toThrow(fault);
  expect(() => conduct.countOddity()).toThrow(fault);
});
