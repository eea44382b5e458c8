import { isStoreError } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pageAfter } from "./paging.ts";

const keyOf = (n: number) => [n % 7, n] as const;
const sorted = (numbers: number[]) => [...new Set(numbers)].sort((a, b) => (a % 7) - (b % 7) || a - b);

test("pages put together are the list, also where items come and go between them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(50)),
      fc.array(fc.nat(50)),
      fc.integer({ min: 1, max: 5 }),
      (before, churn, pageSize) => {
        const kept = sorted(before).filter((n) => !churn.includes(n));
        const seen: number[] = [];
        let pageToken: string | undefined;
        for (let step = 0; ; step++) {
          // Lists come in any order: what an import brought in is listed where it stands by its age.
          const now = step % 2 === 0 ? [...new Set(churn), ...kept.toReversed()] : kept;
          const page = pageAfter(now, { pageSize, ...(pageToken !== undefined && { pageToken }) }, keyOf);
          seen.push(...page.items);
          pageToken = page.nextPageToken;
          if (pageToken === undefined) break;
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((n) => kept.includes(n))).toEqual(kept);
      },
    ),
  );
});

test("a page that the list just fills is the last one", () => {
  const [list, pageSize] = [[1, 2, 3, 4, 5, 6], 3];
  const { nextPageToken = "" } = pageAfter(list, { pageSize }, keyOf);
  expect(pageAfter(list, { pageSize, pageToken: nextPageToken }, keyOf)).toEqual({ items: [4, 5, 6] });
  expect(pageAfter(list, { pageSize: 6 }, keyOf)).toEqual({ items: list });
});

test.each([
  [{ pageSize: 0 }, "pageSize"],
  [{ pageSize: 1001 }, "pageSize"],
  [{ pageSize: 1.5 }, "pageSize"],
  [{ pageToken: "%" }, "pageToken"],
  [{ pageToken: "{}" }, "pageToken"],
])("refuses %o", (options, field) => {
  try {
    pageAfter([1, 2], options, keyOf);
    expect.unreachable();
  } catch (error) {
    if (!isStoreError(error, "invalid_argument")) throw error;
    expect(error.details.field).toBe(field);
  }
});
