import { createRandom, fitKernel, type KernelInput } from "@trimtab/optimize";
import { expect, onTestFinished, test } from "vitest";
import { createKernelThread } from "./kernel-thread.ts";

function openThread() {
  const thread = createKernelThread();
  onTestFinished(() => thread.close());
  return thread;
}

function sample(count: number): KernelInput {
  const random = createRandom(7, count, 0);
  return {
    units: Array.from({ length: count }, () => Float64Array.of(random.next(), Math.round(random.next()))),
    values: Float64Array.from({ length: count }, () => random.next() - 0.5),
    isCategorical: [false, true],
  };
}

test("fits what this thread would fit, to the digit, whatever else is asked meanwhile", async () => {
  const { fitKernel: fitThere } = openThread();
  const inputs = [sample(12), sample(3), sample(30)];
  expect(await Promise.all(inputs.map(fitThere))).toEqual(inputs.map((input) => fitKernel(input)));
});

test("a thread that fails tells those who wait for it, and starts anew for the next", async () => {
  const { fitKernel: fitThere } = openThread();
  const broken = { ...sample(3), units: [undefined] } as unknown as KernelInput;
  const [first, second] = await Promise.allSettled([fitThere(broken), fitThere(sample(3))]);
  expect(first).toMatchObject({ status: "rejected", reason: expect.any(Error) });
  expect(second.status).toBe("rejected");
  expect(await fitThere(sample(3))).toEqual(fitKernel(sample(3)));
});

test("what is under way when a thread is closed is told of it, and so is what comes later", async () => {
  const thread = openThread();
  const [fitting] = await Promise.allSettled([thread.fitKernel(sample(200)), thread.close()]);
  expect(fitting).toMatchObject({ status: "rejected", reason: { message: "the thread that fits kernels has ended" } });
  await expect(thread.fitKernel(sample(3))).rejects.toThrow("has ended");
});
