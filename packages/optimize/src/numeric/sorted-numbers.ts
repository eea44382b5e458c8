/** Numbers in their order, of which more can be put in at any time. */
export interface SortedNumbers {
  readonly size: number;
  insert(number: number): void;
  /** The number at a place, from the least at 0; `NaN` where there is none. */
  at(place: number): number;
  /** How many are less than a number. */
  countBelow(number: number): number;
}

/** Numbers of a block; a full one is cut in two. */
const most = 1024;

/** Makes a list without numbers: blocks, each sorted and before the next one, so that what is moved for a number is little. */
export function createSortedNumbers(): SortedNumbers {
  const blocks: number[][] = [[]];
  let size = 0;
  return {
    get size() {
      return size;
    },
    insert(number) {
      const index = firstWhere(blocks.length - 1, (i) => number < (blocks[i + 1]?.[0] ?? Number.POSITIVE_INFINITY));
      const block = blocks[index] as number[];
      block.splice(placeIn(block, number), 0, number);
      if (block.length > most) blocks.splice(index + 1, 0, block.splice(most >> 1));
      size++;
    },
    at(place) {
      let left = place;
      for (const block of blocks) {
        if (left < block.length) return block[left] ?? Number.NaN;
        left -= block.length;
      }
      return Number.NaN;
    },
    countBelow(number) {
      let count = 0;
      for (const block of blocks) {
        if ((block.at(-1) ?? number) >= number) return count + placeIn(block, number);
        count += block.length;
      }
      return count;
    },
  };
}

/** The place in a block of the first number that is not less. */
const placeIn = (block: readonly number[], number: number): number =>
  firstWhere(block.length, (i) => (block[i] as number) >= number);

/** The least of the numbers below `end` that something is true of from there on, or `end`. */
function firstWhere(end: number, is: (index: number) => boolean): number {
  let [low, high] = [0, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
