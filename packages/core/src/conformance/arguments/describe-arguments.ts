import { describe, expect, test } from "vitest";
import { isStoreError } from "../../index.ts";
import { closingAfterEach } from "../store/harness.ts";
import { hostileVariants, isPlain, misspeltVariants } from "./hostile-arguments.ts";

/** What is called with arguments that are wrong. */
export interface ArgumentsHarness {
  /** Methods by name; all that is not a function is passed over. */
  readonly calls: object;
  /** What no refused call may change. */
  state(): Promise<unknown>;
  readonly close?: () => Promise<void>;
  /** Methods may throw while they are called, as those do that give nothing to wait for. */
  readonly isThrowing?: boolean;
}

/** Arguments by method that each is called with while one of them, or something in it, is replaced by what is wrong. */
export type GoodArguments = Readonly<Record<string, readonly unknown[]>>;

/**
 * Registers that no method trips over what programs without types hand over: each call either is answered, or fails with an
 * error of ours that names what is wrong and has changed nothing. No method throws while it is called, unless it says so.
 */
export function describeArguments(name: string, open: () => Promise<ArgumentsHarness>, args: GoodArguments): void {
  describe(`wrong arguments: ${name}`, () => {
    const opened = closingAfterEach(open);
    test("every method is asked", async () => {
      const { calls } = await opened();
      const methods = Object.entries(calls).filter(([, member]) => typeof member === "function");
      expect(Object.keys(args).sort()).toEqual(methods.map(([method]) => method).sort());
    });
    test.each(Object.entries(args))("%s", async (method, good) => {
      const harness = await opened();
      for (const [what, wrong] of hostileVariants(good)) {
        const before = await harness.state();
        const error = await failureOf(harness, method, wrong);
        if (error === undefined) continue;
        expect(complaintOf(error), `${method} with ${what}: ${String(error)}`).toBeUndefined();
        expect(await harness.state(), `${method} with ${what}`).toEqual(before);
      }
      for (const [what, wrong] of misspeltVariants(good)) {
        const error = await failureOf(await opened(), method, wrong as readonly unknown[]);
        expect(isStoreError(error, "invalid_argument"), `${method} with another ${what}: ${String(error)}`).toBe(true);
      }
    });
    const saying = Object.entries(args).filter(([, good]) => isPlain(good.at(-1)));
    if (saying.length === 0) return;
    test.each(saying)("%s refuses what it does not know, by name", async (method, good) => {
      const harness = await opened();
      const before = await harness.state();
      const error = await failureOf(harness, method, [
        ...good.slice(0, -1),
        { ...(good.at(-1) as object), unheardOf: 1 },
      ]);
      expect(error).toMatchObject({
        code: "invalid_argument",
        details: { field: expect.stringMatching(/^(\w+\.)?unheardOf$/) },
      });
      expect(await harness.state()).toEqual(before);
    });
  });
}

/** What a call has failed with; throws where it may not throw before it gives anything to wait for, and does. */
async function failureOf(
  { calls, isThrowing = false }: ArgumentsHarness,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  let isCalled = isThrowing;
  try {
    const answer = (calls as Record<string, (...args: readonly unknown[]) => unknown>)[method]?.(...args);
    isCalled = true;
    const made = isIterable(answer) ? answer[Symbol.asyncIterator]() : undefined;
    if (made === undefined) await answer;
    else await made.next().finally(() => made.return?.());
    return undefined;
  } catch (error) {
    if (isCalled) return error;
    throw error;
  }
}

const isIterable = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;

/** What is wrong with an error about an argument. */
function complaintOf(error: unknown): string | undefined {
  if (!isStoreError(error)) return "is none of ours";
  if (error.is("internal")) return "is nobody's fault";
  // What a message of protobuf cannot hold is told in the words of who found out.
  const isTold = error.message.includes("no request can be made of it");
  if (
    !isTold &&
    /Cannot (read|destructure|convert)|is not (iterable|a function)|Cannot mix|undefined \(/.test(error.message)
  ) {
    return "is in the words of the engine";
  }
  if (error.is("invalid_argument") && ["", "request"].includes(error.details.field)) return "names no field";
  return undefined;
}
