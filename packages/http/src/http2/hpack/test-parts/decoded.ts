import { createHeaderDecoder, type HeaderDecoder } from "../header-decoder.ts";
import { HpackError } from "../hpack-error.ts";
import { encodeInteger } from "./reference-encoder.ts";

/** Gives the fields of a block as pairs. */
export function decoded(decoder: HeaderDecoder, block: Buffer | readonly number[]): [name: string, value: string][] {
  const fields: [string, string][] = [];
  decoder.decode(Buffer.from(block), (name, value) => fields.push([name, value]));
  return fields;
}

/** Gives what is in a decoder's dynamic table, the newest first, by asking for one index after the other. */
export function tableOf(decoder: HeaderDecoder): [name: string, value: string][] {
  const entries: [string, string][] = [];
  try {
    for (let index = 62; ; index++) entries.push(...decoded(decoder, encodeInteger(0x80, 7, index)));
  } catch (error) {
    if (!(error instanceof HpackError)) throw error;
    return entries;
  }
}

/** Gives what a new decoder says of a block that is wrong, or undefined where it takes it. */
export function refusalOf(block: Buffer | readonly number[], decoder = createHeaderDecoder()): string | undefined {
  try {
    decoded(decoder, block);
    return undefined;
  } catch (error) {
    if (!(error instanceof HpackError)) throw error;
    return error.message;
  }
}
