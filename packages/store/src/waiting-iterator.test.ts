import { expect, test } from "vitest";
import { createWaitingIterator } from "./waiting-iterator.ts";

/** An iterator over what is put into a list. */
function overList() {
  const list: (number | Error | Promise<unknown> | "over")[] = [];
  let releases = 0;
  const { iterator, wake, end } = createWaitingIterator<{ item: number }>({
    next() {
      const first = list.shift();
      if (first instanceof Error) throw first;
      return typeof first === "number" ? { item: first } : first;
    },
    release: () => releases++,
  });
  const put = (...items: typeof list) => {
    list.push(...items);
    wake();
  };
  return { iterator, put, end, list, releases: () => releases };
}

test("gives what there is, and waits for what comes", async () => {
  const { iterator, put } = overList();
  put(1, 2);
  expect(await iterator.next()).toEqual({ done: false, value: { item: 1 } });
  expect(await iterator.next()).toEqual({ done: false, value: { item: 2 } });
  const third = iterator.next();
  put(3);
  expect(await third).toEqual({ done: false, value: { item: 3 } });
});

test("answers requests in their order, one thing each", async () => {
  const { iterator, put } = overList();
  const three = Promise.all([iterator.next(), iterator.next(), iterator.next()]);
  put(1, Promise.resolve(), 2, "over");
  expect(await three).toEqual([
    { done: false, value: { item: 1 } },
    { done: false, value: { item: 2 } },
    { done: true, value: undefined },
  ]);
});

test("asks for nothing while nobody waits, or while it is being found out", async () => {
  const { iterator, put, list } = overList();
  put(1);
  await Promise.resolve();
  expect(list).toEqual([1]);
  let found = () => {};
  list.unshift(
    new Promise<void>((resolve) => {
      found = resolve;
    }),
  );
  const [first, second] = [iterator.next(), iterator.next()];
  await Promise.resolve();
  expect(list).toEqual([1]);
  found();
  put(2);
  expect([(await first).value, (await second).value]).toEqual([{ item: 1 }, { item: 2 }]);
});

test("what goes wrong is told to the one who waits, and is the end", async () => {
  for (const wrong of [new Error("thrown"), Promise.reject(new Error("thrown"))]) {
    const { iterator, put, releases } = overList();
    const [first, second] = [iterator.next(), iterator.next()];
    put(wrong, 1);
    await expect(first).rejects.toThrow("thrown");
    expect([await second, await iterator.next()]).toEqual(Array(2).fill({ done: true, value: undefined }));
    expect(releases()).toBe(1);
  }
});

test("an end reaches whoever waits, by its error where it has one, and once", async () => {
  const { iterator, end, put, releases } = overList();
  const [first, second] = [iterator.next(), iterator.next()];
  end(new Error("closed"));
  await expect(first).rejects.toThrow("closed");
  put(1);
  expect([await second, await iterator.next()]).toEqual(Array(2).fill({ done: true, value: undefined }));
  end();
  expect(releases()).toBe(1);
});

test("an end that nobody waits for reaches the next one who asks", async () => {
  const { iterator, end } = overList();
  end(new Error("closed"));
  await expect(iterator.next()).rejects.toThrow("closed");
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
});

test("a return ends a request under way", async () => {
  const { iterator, releases } = overList();
  const waiting = iterator.next();
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(releases()).toBe(1);
});

test("gives what there is to one who polls, and calls back for what comes", async () => {
  const { iterator, put, list } = overList();
  const prompt = iterator.prompt();
  list.push(1);
  expect(prompt?.poll()).toEqual({ done: false, value: { item: 1 } });
  expect(prompt?.poll()).toBeUndefined();
  let calls = 0;
  const ready = new Promise<void>((resolve) => {
    prompt?.onReady(() => {
      calls++;
      resolve();
    });
  });
  put(2);
  expect(calls).toBe(0);
  await ready;
  put(3);
  await Promise.resolve();
  expect(calls).toBe(1);
  expect([prompt?.poll(), prompt?.poll()]).toEqual([2, 3].map((item) => ({ done: false, value: { item } })));
});

test("what goes wrong, and an end, reach one who polls", async () => {
  const ways: ((made: ReturnType<typeof overList>) => void)[] = [
    ({ put }) => put(new Error("thrown")),
    ({ put }) => put(Promise.reject(new Error("thrown"))),
    ({ end }) => end(new Error("thrown")),
  ];
  for (const way of ways) {
    const made = overList();
    const prompt = made.iterator.prompt();
    const pollUntilKnown = async () => {
      for (;;) {
        const result = prompt?.poll();
        if (result !== undefined) return result;
        await new Promise<void>((resolve) => prompt?.onReady(resolve));
      }
    };
    const known = pollUntilKnown();
    way(made);
    await expect(known).rejects.toThrow("thrown");
    expect(prompt?.poll()).toEqual({ done: true, value: undefined });
    expect(made.releases()).toBe(1);
  }
});
