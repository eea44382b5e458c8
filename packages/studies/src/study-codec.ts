import { storeError } from "@trimtab/core";
import type { Codec, EntryNote } from "@trimtab/log";
import type { StudyEvent } from "@trimtab/optimize";
import type { StudyEntry } from "./study-entry.ts";
import type { StudySnapshot } from "./study-snapshot.ts";

/** Version of the layout. */
const format = 1;

const layout = codecOf<unknown>();

/** What a study is known to come to. What is of another kind was written by a later version, and must not be passed over. */
const entryKinds: Readonly<Record<StudyEntry["kind"], true>> = {
  "study-created": true,
  "study-advanced": true,
  "bounds-changed": true,
  "metadata-replaced": true,
  "trial-renewed": true,
  "apply-begun": true,
  "apply-dropped": true,
  "trial-applied": true,
  "study-rolled-back": true,
  "study-deleted": true,
};

/** The same of what studies advance by. */
const eventKinds: Readonly<Record<Exclude<StudyEvent["kind"], "space-changed">, true>> = {
  "study-updated": true,
  "trial-enqueued": true,
  "trial-started": true,
  "value-reported": true,
  "trial-completed": true,
  "trial-pruned": true,
  "trial-failed": true,
};

function checkKind({ kind }: { readonly kind: string }, known: Readonly<Record<string, true>>): void {
  if (Object.hasOwn(known, kind)) return;
  throw storeError("data_loss", `an entry of a study is of kind ${kind}, which is not known here`, { session: "" });
}

/** Turns entries of studies into bytes and back, exactly: JSON, in which large integers and bytes say what they are. */
export const studyCodec: Codec<StudyEntry> = {
  encode: layout.encode,
  decode(bytes) {
    const entry = layout.decode(bytes) as StudyEntry;
    checkKind(entry, entryKinds);
    if (entry.kind === "study-advanced") for (const event of entry.events) checkKind(event, eventKinds);
    return entry;
  },
  note: noteOf,
};

/** Turns studies as they were into bytes and back, as {@link studyCodec} does entries. */
export const studySnapshotCodec: Codec<StudySnapshot> = codecOf<StudySnapshot>();

function codecOf<Data>(): Codec<Data> {
  return {
    encode: (entry) => new TextEncoder().encode(JSON.stringify({ format, entry: wrap(entry) })),
    decode(bytes) {
      const read = parse(bytes);
      if (read?.format === format) return unwrap(read.entry) as Data;
      const message = `an entry of a study is of format ${String(read?.format)}, and ${format} is known`;
      throw storeError("data_loss", message, { session: "" });
    },
  };
}

/** What people are told of an entry who look into the storage. */
function noteOf({ kind, actor = "", ...entry }: StudyEntry): EntryNote {
  const subject = "number" in entry ? String(entry.number) : "";
  return { actor, kind, subject };
}

function parse(bytes: Uint8Array): { format?: unknown; entry?: unknown } | undefined {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as { format?: unknown; entry?: unknown };
  } catch (cause) {
    throw storeError("data_loss", "an entry of a study cannot be read", { session: "" }, { cause });
  }
}

/** Every record goes into a list of entries, so that no name in it is taken for a sign. */
function wrap(value: unknown): unknown {
  if (typeof value === "bigint") return { integer: value.toString() };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { number: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<number>, wrap);
  if (Array.isArray(value)) return value.map(wrap);
  if (typeof value !== "object" || value === null) return value;
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return { record: given.map(([key, each]) => [key, wrap(each)]) };
}

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  if ("integer" in value) return BigInt(String(value.integer));
  if ("number" in value) return Number(value.number);
  if ("bytes" in value) return Uint8Array.from(value.bytes as number[]);
  const { record } = value as { record: [string, unknown][] };
  return Object.fromEntries(record.map(([key, each]) => [key, unwrap(each)]));
}
