import { isStoreError } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { addressGroup } from "./address-group.ts";
import type { Caller } from "./caller.ts";
import { createGuessLimit } from "./guess-limit.ts";

const callerOf = (id: string): Caller => ({
  principal: { id, sessions: ["*"] },
  holds: () => true,
  revoked: new AbortController().signal,
});

function open() {
  let nowMs = 0;
  const limit = createGuessLimit({ perSecond: 10, burst: 5 }, () => nowMs);
  const check = (address: string, caller?: Caller) => {
    try {
      limit.check(address, () => caller);
    } catch (error) {
      return isStoreError(error, "limit_exceeded") ? error.details.retryAfterMs : expect.fail(String(error));
    }
    return 0;
  };
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { limit, check, advance };
}

describe("what is shown and not valid", () => {
  test("is bounded for each address, and comes back with time", () => {
    const { limit, check, advance } = open();
    for (let i = 0; i < 5; i++) limit.failed("192.0.2.7");
    expect([check("192.0.2.7"), check("192.0.2.8")]).toEqual([100, 0]);
    advance(100);
    expect(check("192.0.2.7")).toBe(0);
  });

  test("gains nothing by being shown at once", () => {
    const { limit, check } = open();
    for (let i = 0; i < 1000; i++) limit.failed("192.0.2.7");
    expect(check("192.0.2.7")).toBe(600);
  });

  test("keeps out nobody who was let in from there before, and helps nobody who was not", () => {
    const { limit, check } = open();
    const [ada, bob] = [callerOf("ada"), callerOf("bob")];
    limit.passed("192.0.2.7", ada);
    limit.passed("192.0.2.8", bob);
    for (let i = 0; i < 5; i++) limit.failed("192.0.2.7");
    expect([check("192.0.2.7", ada), check("192.0.2.7", bob), check("192.0.2.7")]).toEqual([0, 100, 100]);
  });

  test("takes bounded memory, however many addresses it comes from", () => {
    const { limit, check } = open();
    for (let i = 0; i < 60_000; i++) limit.failed(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    for (let i = 0; i < 5; i++) limit.failed("192.0.2.7");
    // There is no room for one more, so that the rest share what they may show.
    expect([check("192.0.2.9"), check("10.0.0.1")]).toEqual([600, 0]);
  });
});

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::1", "0:0:0:0::/64"],
  ["2001:db8:0:12:aa:bb:cc:dd", "2001:db8:0:12::/64"],
  ["2001:0DB8::12", "2001:db8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", ""],
])("%s stands for %s", (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
