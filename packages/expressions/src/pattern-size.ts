/** A class of Unicode characters compiles to hundreds of ranges. */
const unicodeClassSize = 50;

const repetition = /\{(\d{1,6})(?:,(\d{0,6}))?\}/y;
const unicodeClass = /[pP](?:\{[^}]*\}|.)/y;
/** Flags alone are no part of their own: a repetition after them repeats what was before. */
const flags = /\(\?[A-Za-z-]*\)/y;
const hexadecimal = /x\{[^}]*\}/y;

/**
 * Says about how many instructions a regular expression in the RE2 dialect compiles to, without compiling it, since
 * that takes as long as they are many: a dozen characters such as `(x{30}){30}` stand for a thousand. It is never far
 * below the true number.
 */
export function estimatePatternSize(pattern: string): number {
  // What has been counted in each group that is open, and of that what a repetition would multiply.
  const groups: { size: number; last: number }[] = [{ size: 0, last: 0 }];
  const top = () => groups.at(-1) as { size: number; last: number };
  const add = (size: number): void => {
    top().size += size;
    top().last = size;
  };
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at];
    if (character === "\\") {
      const { size, length } = readEscape(pattern, at + 1);
      // As flags do, an empty quotation leaves what a repetition repeats.
      if (size > 0) add(size);
      at += 1 + length;
    } else if (character === "[") {
      const { size, length } = readClass(pattern, at);
      add(size);
      at += length;
    } else {
      at += readPlain(pattern, at, { groups, top, add });
    }
  }
  return groups.reduce((sum, group) => sum + group.size, 1);
}

interface Count {
  readonly groups: { size: number; last: number }[];
  readonly top: () => { size: number; last: number };
  readonly add: (size: number) => void;
}

/** Counts what begins with a character that is neither an escape nor a class, and gives its length. */
function readPlain(pattern: string, at: number, { groups, top, add }: Count): number {
  const character = pattern[at];
  const flagged = character === "(" ? matchAt(flags, pattern, at)?.[0].length : undefined;
  if (flagged !== undefined) return flagged;
  if (character === "(") {
    groups.push({ size: 3, last: 0 });
  } else if (character === ")" && groups.length > 1) {
    const { size } = top();
    groups.pop();
    add(size);
  } else if (character === "{") {
    return repeatLast(pattern, at, top());
  } else if (character === "*" || character === "+" || character === "?") {
    // The repetition repeats what it stands after, and a counted one after it repeats both. A star takes one more after what may be empty.
    const loop = character === "*" ? 2 : 1;
    top().size += loop;
    top().last += loop;
  } else {
    add(1);
  }
  return 1;
}

function repeatLast(pattern: string, at: number, group: { size: number; last: number }): number {
  const count = matchAt(repetition, pattern, at);
  if (count === undefined) {
    group.size += 1;
    group.last = 1;
    return 1;
  }
  const [text, least = "0", most] = count;
  // An unbounded one is its least number and a loop; each optional turn takes one more instruction.
  const times = most === undefined ? Number(least) : Math.max(Number(least) + 1, Number(most));
  const repeated = Math.max(times, 1) * (group.last + (most === undefined ? 0 : 1));
  group.size += repeated - group.last;
  group.last = repeated;
  return text.length;
}

function readEscape(pattern: string, at: number): { size: number; length: number } {
  if (pattern[at] === "E") return { size: 0, length: 1 };
  if (pattern[at] === "Q") {
    const end = pattern.indexOf("\\E", at);
    const text = pattern.slice(at + 1, end < 0 ? undefined : end);
    return { size: text.length, length: 1 + text.length + (end < 0 ? 0 : 2) };
  }
  const unicode = matchAt(unicodeClass, pattern, at)?.[0];
  if (unicode !== undefined) return { size: unicodeClassSize, length: unicode.length };
  return { size: 1, length: matchAt(hexadecimal, pattern, at)?.[0].length ?? 1 };
}

/** A class up to its bracket. One that is cut short here is counted as more than it is, never as less. */
function readClass(pattern: string, start: number): { size: number; length: number } {
  let size = 1;
  let at = start + 1;
  while (at < pattern.length && pattern[at] !== "]") {
    if (pattern[at] === "\\") {
      const inner = readEscape(pattern, at + 1);
      size += inner.size > 1 ? inner.size : 0;
      at += 1 + inner.length;
    } else {
      at++;
    }
  }
  return { size, length: at + 1 - start };
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | undefined {
  expression.lastIndex = at;
  return expression.exec(text) ?? undefined;
}
