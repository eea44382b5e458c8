import { create, toBinary } from "@bufbuild/protobuf";
import { type ErrorDetail, ErrorDetailSchema, type Value, ValueSchema } from "@trimtab/wire/services";

/** What is told of an error: to people, and to programs. */
export interface ToldError {
  readonly message: string;
  readonly detail: ErrorDetail;
}

/**
 * Shortens an error until it fits among gRPC's trailers, where its message goes percent-encoded, and once more beside the
 * detail in Base64. Items are left out first, then the longest texts and lists lose their ends. The reason stays.
 *
 * @param maxBytes what both may take together as they are sent
 */
export function fitTrailers({ message, detail }: ToldError, maxBytes: number): ToldError {
  const short = fitText(message, maxBytes * messageShare);
  return { message: short, detail: fitDetail(detail, Math.floor((maxBytes - costOf(short)) / base64), maxBytes) };
}

/** The part of all room that a message may take: what it quotes is mostly among the details, too. */
const messageShare = 0.7;

/** Bytes in Base64 for one byte. */
const base64 = 4 / 3;

const utf8 = new TextEncoder();

/** What well-formed text takes in both forms of a message. */
const costOf = (text: string): number => encodeURIComponent(text).length + utf8.encode(text).length * base64;

function fitText(text: string, maxBytes: number): string {
  const head = text.slice(0, maxBytes).toWellFormed();
  if (head.length === text.length && costOf(head) <= maxBytes) return text;
  let left = maxBytes - costOf(ellipsis);
  let end = 0;
  for (const character of head) {
    left -= costOf(character);
    if (left < 0) break;
    end += character.length;
  }
  return head.slice(0, end) + ellipsis;
}

const ellipsis = "…";

function fitDetail(detail: ErrorDetail, maxBytes: number, maxText: number): ErrorDetail {
  if (sizeOf(detail) <= maxBytes) return detail;
  const core = shortenDetails({ ...detail, items: {} }, maxBytes, maxText);
  let left = maxBytes - sizeOf(core);
  const kept = Object.entries(detail.items).filter(([key, item]) => {
    left -= sizeOf(create(ErrorDetailSchema, { items: { [key]: item } }));
    return left >= 0;
  });
  return { ...core, items: Object.fromEntries(kept) };
}

/** Halves what is longest among the details until the whole fits. */
function shortenDetails(detail: ErrorDetail, maxBytes: number, maxText: number): ErrorDetail {
  let shortened = detail;
  while (sizeOf(shortened) > maxBytes) {
    const [longest] = Object.entries(shortened.details)
      .flatMap(([field, value]) => {
        const shorter = halfOf(value, maxText);
        return shorter === undefined ? [] : [{ field, shorter, size: toBinary(ValueSchema, value).byteLength }];
      })
      .sort((a, b) => b.size - a.size);
    if (longest === undefined) return shortened;
    shortened = { ...shortened, details: { ...shortened.details, [longest.field]: longest.shorter } };
  }
  return shortened;
}

/** Gives half of a list or of a long text, and of what has no such half that it is none. */
function halfOf({ kind }: Value, maxText: number): Value | undefined {
  if (kind.case === "list" && kind.value.items.length > 0) {
    const items = kind.value.items.slice(0, Math.floor(kind.value.items.length / 2));
    return create(ValueSchema, { kind: { case: "list", value: { items } } });
  }
  if (kind.case !== "string" || kind.value.length < shortText) return undefined;
  const half = kind.value.slice(0, Math.min(Math.floor(kind.value.length / 2), maxText)).toWellFormed();
  return create(ValueSchema, { kind: { case: "string", value: half + ellipsis } });
}

/** Texts below this length stay whole. */
const shortText = 64;

const sizeOf = (detail: ErrorDetail) => toBinary(ErrorDetailSchema, detail).byteLength;
