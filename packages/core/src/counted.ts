/** A number of things in words for people: `1 session`, `2 sessions`, `0 sessions`. */
export const counted = (count: number | bigint, one: string, several = `${one}s`): string =>
  `${count} ${Number(count) === 1 ? one : several}`;
