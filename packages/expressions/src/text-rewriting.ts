import { charge, copyCost, type Frame } from "./frame.ts";
import { codePoints, searchCost } from "./text.ts";

/**
 * Cuts a text at each separator, into at most `limit` parts where that is not negative; an empty separator cuts between
 * code points. A limit of 0 gives no part.
 */
export function splitText(frame: Frame, text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return [];
  const most = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  if (separator === "") return splitCodePoints(frame, text, most);
  charge(frame, searchCost(text, separator));
  const parts: string[] = [];
  let from = 0;
  while (parts.length + 1 < most) {
    const found = text.indexOf(separator, from);
    if (found < 0) break;
    charge(frame, 1);
    parts.push(text.slice(from, found));
    from = found + separator.length;
  }
  parts.push(text.slice(from));
  return parts;
}

function splitCodePoints(frame: Frame, text: string, most: number): string[] {
  const points = codePoints(frame, text);
  return points.length <= most ? points : [...points.slice(0, most - 1), points.slice(most - 1).join("")];
}

/** Puts texts together; what that makes is paid for before it is made. */
export function joinTexts(frame: Frame, texts: readonly string[], separator: string): string {
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  charge(frame, texts.length + copyCost(length));
  return texts.join(separator);
}

/** Replaces a text wherever it is, or its first `limit` places where that is not negative. */
export function replaceText(
  frame: Frame,
  text: string,
  { from, to, limit = -1n }: { from: string; to: string; limit?: bigint },
): string {
  if (limit === 0n) return text;
  const mostParts = limit < 0n ? limit : limit + 1n;
  if (from !== "") return joinTexts(frame, splitText(frame, text, from, mostParts), to);
  // An empty text is found before each code point and at the end.
  const points = codePoints(frame, text);
  const places = limit < 0n ? points.length + 1 : Math.min(Number(limit), points.length + 1);
  const pieces = points.map((point, index) => (index < places ? to + point : point));
  if (places > points.length) pieces.push(to);
  return joinTexts(frame, pieces, "");
}
