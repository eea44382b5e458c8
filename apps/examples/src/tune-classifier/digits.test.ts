import { expect, it } from "vitest";
import { loadDigits } from "./digits.ts";

it("gives as many digits of each kind, in turn", () => {
  const { images, labels } = loadDigits("learning", 100, "7x7");
  expect(images).toHaveLength(100);
  expect(labels.slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  for (let kind = 0; kind < 10; kind++) expect(labels.filter((label) => label === kind)).toHaveLength(10);
});

it.each([
  ["4x4", 16],
  ["7x7", 49],
  ["14x14", 196],
] as const)("shrinks digits to %s and keeps their ink", (resolution, pixels) => {
  const { images } = loadDigits("learning", 50, resolution);
  const full = loadDigits("learning", 50, "14x14").images;
  for (const [index, image] of images.entries()) {
    expect(image).toHaveLength(pixels);
    expect(Math.min(...image)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...image)).toBeLessThanOrEqual(1 + 1e-9);
    expect(mean(image)).toBeCloseTo(mean(full[index] ?? []), 9);
  }
});

it("shows zeros with a hole in the middle and ones without", () => {
  const { images, labels } = loadDigits("learning", 1000, "14x14");
  const middle = [6, 7].flatMap((row) => [6, 7].map((column) => row * 14 + column));
  const inkOf = (kind: number) =>
    mean(images.filter((_, index) => labels[index] === kind).map((image) => mean(middle.map((at) => image[at] ?? 0))));
  expect(inkOf(0)).toBeLessThan(0.1);
  expect(inkOf(1)).toBeGreaterThan(0.5);
});

it("uses no digit for two purposes", () => {
  const purposes = [
    loadDigits("learning", 1500, "14x14"),
    loadDigits("validation", 500, "14x14"),
    loadDigits("unseen", 500, "14x14"),
  ];
  const images = purposes.flatMap(({ images }) => images.map((image) => JSON.stringify(image)));
  expect(new Set(images).size).toBe(2500);
});

it("refuses more digits than there are for a purpose", () => {
  expect(() => loadDigits("learning", 1510, "4x4")).toThrow("there are 1500 digits for learning, and not 1510");
  expect(() => loadDigits("validation", 510, "4x4")).toThrow(RangeError);
  expect(() => loadDigits("unseen", 10_000, "4x4")).toThrow(RangeError);
});

const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
