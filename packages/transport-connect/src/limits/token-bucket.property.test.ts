import fc from "fast-check";
import { expect, test } from "vitest";
import { chargeTokens, type TokenBucket, takeToken, waitForToken } from "./token-bucket.ts";

const rates = fc.record({
  perSecond: fc.double({ min: 0.1, max: 1e5, noNaN: true }),
  burst: fc.integer({ min: 1, max: 1000 }),
});
const gaps = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 200 });

test("within any time no more is taken than the burst and what came back", () => {
  fc.assert(
    fc.property(rates, gaps, (rate, pauses) => {
      let [bucket, nowMs, taken]: [TokenBucket | undefined, number, number] = [undefined, 0, 0];
      for (const pause of pauses) {
        nowMs += pause;
        const result = takeToken(bucket, nowMs, rate);
        bucket = result.bucket;
        if (result.kind === "taken") taken++;
      }
      expect(taken).toBeLessThanOrEqual(rate.burst + (nowMs * rate.perSecond) / 1000 + 1e-6);
    }),
  );
});

test("whoever waits as long as is said gets a token, and whoever comes much earlier does not", () => {
  fc.assert(
    fc.property(rates, (rate) => {
      let bucket: TokenBucket | undefined;
      for (let i = 0; i < rate.burst; i++) {
        const result = takeToken(bucket, 0, rate);
        expect(result.kind).toBe("taken");
        bucket = result.bucket;
      }
      const empty = takeToken(bucket, 0, rate);
      const waitMs = empty.kind === "empty" ? empty.retryAfterMs : 0;
      expect(waitMs).toBeGreaterThan(0);
      expect(takeToken(empty.bucket, waitMs, rate).kind).toBe("taken");
      expect(takeToken(empty.bucket, waitMs * 0.4 - 1, rate).kind).toBe("empty");
    }),
  );
});

test("a clock that stands still or goes back gives nothing away", () => {
  const rate = { perSecond: 1, burst: 1 };
  const first = takeToken(undefined, 1000, rate);
  expect(takeToken(first.bucket, 0, rate)).toEqual({
    kind: "empty",
    bucket: { tokens: 0, atMs: 1000 },
    retryAfterMs: 1000,
  });
});

test("what is charged beyond what is there is owed, up to once the burst, and waiting as long as is said pays it back", () => {
  fc.assert(
    fc.property(rates, fc.integer({ min: 0, max: 3000 }), (rate, charges) => {
      let bucket: TokenBucket | undefined;
      for (let i = 0; i < charges; i++) bucket = chargeTokens(bucket, 0, rate);
      expect(bucket?.tokens ?? rate.burst).toBe(Math.max(-rate.burst, rate.burst - charges));
      const waitMs = waitForToken(bucket, 0, rate);
      expect(waitMs > 0).toBe(charges >= rate.burst);
      expect(takeToken(bucket, waitMs, rate).kind).toBe("taken");
    }),
  );
});
