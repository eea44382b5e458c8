/** Bytes of memory that output is gathered in: little for a connection that has little to say, much for one with many streams. */
export const slabBytes = { small: 4 * 1024, large: 64 * 1024 };

/** How many slabs of each size are kept for the next who needs one. */
const kept = { small: 256, large: 16 };

const free: Readonly<Record<keyof typeof slabBytes, Buffer[]>> = { small: [], large: [] };

/** Gives memory that nobody else uses, with whatever it held before. */
export const takeSlab = (size: keyof typeof slabBytes): Buffer =>
  free[size].pop() ?? Buffer.allocUnsafeSlow(slabBytes[size]);

/** Takes memory back that nobody reads or writes any more. */
export function giveSlab(slab: Buffer): void {
  const size = slab.length === slabBytes.small ? "small" : "large";
  if (free[size].length < kept[size]) free[size].push(slab);
}
