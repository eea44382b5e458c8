import { type Failure, fail } from "./cel-value.ts";
import { charge, type Frame, textCost } from "./frame.ts";

/** Units for finding one text in another: a search may compare the whole of it at every place. */
export const searchCost = (text: string, wanted: string): number =>
  wanted.length > text.length ? 0 : ((text.length - wanted.length + 1) * (wanted.length + 1)) / 64;

/** The code points of a text, each as a text. */
export function codePoints(frame: Frame, text: string): string[] {
  charge(frame, text.length);
  return Array.from(text);
}

/** The offset, in UTF-16 code units, of a code point by its index; the end counts as one. */
export function positionAt(frame: Frame, text: string, index: bigint): number | Failure {
  const wanted = Number(index);
  const outside = () => fail(`index ${index} is out of range of the text`);
  if (wanted < 0 || wanted > text.length) return outside();
  charge(frame, textCost(wanted));
  let at = 0;
  for (let i = 0; i < wanted; i++) {
    if (at >= text.length) return outside();
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

const whiteSpace = /^\p{White_Space}$/u;

/** A text without the white space, as Unicode defines it, at its ends. */
export function trimText(frame: Frame, text: string): string {
  charge(frame, textCost(text.length));
  let [start, end] = [0, text.length];
  // All white space is in the basic plane.
  while (start < end && whiteSpace.test(text.charAt(start))) start++;
  while (end > start && whiteSpace.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
