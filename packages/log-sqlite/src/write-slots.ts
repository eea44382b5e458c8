import type { Write } from "./writer.ts";

/** Appends and their data, as they lie in shared memory. */
export interface SlotRequest {
  readonly id: number;
  readonly writes: readonly Write[];
  /** An array for each entry, in the order of the writes. */
  readonly data: readonly Uint8Array[];
}

/** The side of shared memory that puts requests in. */
export interface SlotSender {
  /** Puts appends into a free slot; `false` where there is none, they do not fit in, or something else is among them. */
  put(request: SlotRequest): boolean;
  /** Says that a request is answered, so that its slot is free again. */
  free(id: number): void;
}

/** As many as there are batches under way. */
const slotCount = 2;
const slotBytes = 64 << 10;
/** A slot begins with the tag of its request, or 0, and with how many appends it holds. */
const idAt = 0;
const countAt = 1;
const slotHeadBytes = 8;
/** What stands before each append: `after`, how many entries, and bytes of the name and of the notes. */
const writeHeadBytes = 8 + 4 + 4 + 4;
const noNotes = 0xffffffff;
/** The most bytes that one unit of a string becomes. */
const bytesPerUnit = 3;

/** Makes the memory that both sides share. */
export const createSlots = (): SharedArrayBuffer => new SharedArrayBuffer(slotCount * slotBytes);

interface Slot {
  readonly head: Int32Array<SharedArrayBuffer>;
  readonly body: Buffer<SharedArrayBuffer>;
}

const slotsOf = (memory: SharedArrayBuffer): readonly Slot[] =>
  Array.from({ length: slotCount }, (_, index) => ({
    head: new Int32Array(memory, index * slotBytes, slotHeadBytes / Int32Array.BYTES_PER_ELEMENT),
    body: Buffer.from(memory, index * slotBytes + slotHeadBytes, slotBytes - slotHeadBytes),
  }));

/** What a slot holds of an id, which goes beyond 32 bits in time: so few requests are under way that nothing else has the same. */
const tagOf = (id: number): number => id | 0;

/** Makes the sending side. */
export function createSlotSender(memory: SharedArrayBuffer): SlotSender {
  const slots = slotsOf(memory).map((slot) => ({ ...slot, usedBy: 0 }));
  return {
    put({ id, writes, data }) {
      const slot = slots.find(({ usedBy }) => usedBy === 0);
      if (slot === undefined || tagOf(id) === 0 || !fits(writes, data)) return false;
      write(slot.body, writes, data);
      slot.usedBy = id;
      slot.head[countAt] = writes.length;
      Atomics.store(slot.head, idAt, tagOf(id));
      return true;
    },
    free(id) {
      for (const slot of slots) if (slot.usedBy === id) slot.usedBy = 0;
    },
  };
}

/** Makes the receiving side: the function that takes the request with an id out of its slot, where it came through one. */
export function createSlotReceiver(memory: SharedArrayBuffer): (id: number) => SlotRequest | undefined {
  const slots = slotsOf(memory);
  return (id) => {
    const tag = tagOf(id);
    const slot = tag === 0 ? undefined : slots.find(({ head }) => Atomics.load(head, idAt) === tag);
    if (slot === undefined) return undefined;
    Atomics.store(slot.head, idAt, 0);
    return { id, ...read(slot.body, slot.head[countAt] ?? 0) };
  };
}

type Append = Extract<Write, { kind: "append" }>;

function fits(writes: readonly Write[], data: readonly Uint8Array[]): writes is readonly Append[] {
  let bytes = slotHeadBytes;
  for (const write of writes) {
    if (write.kind !== "append") return false;
    bytes += writeHeadBytes + bytesPerUnit * (write.stream.length + (write.notes?.length ?? 0));
  }
  for (const { length } of data) bytes += Uint32Array.BYTES_PER_ELEMENT + length;
  return bytes <= slotBytes;
}

/** Everything that says how long something is stands before the bytes of an append, and all data comes last. */
function write(body: Buffer, writes: readonly Append[], data: readonly Uint8Array[]): void {
  let at = 0;
  let index = 0;
  for (const { stream, after, count, notes } of writes) {
    const start = at;
    at = body.writeDoubleLE(after, at);
    body.writeUInt32LE(count, at);
    at = start + writeHeadBytes;
    for (const end = index + count; index < end; index++) at = body.writeUInt32LE(data[index]?.length ?? 0, at);
    const streamBytes = body.write(stream, at, "utf8");
    const notesBytes = notes === undefined ? noNotes : body.write(notes, at + streamBytes, "utf8");
    body.writeUInt32LE(streamBytes, start + 12);
    body.writeUInt32LE(notesBytes, start + 16);
    at += streamBytes + (notes === undefined ? 0 : notesBytes);
  }
  for (const entry of data) {
    body.set(entry, at);
    at += entry.length;
  }
}

function read(body: Buffer, count: number): Omit<SlotRequest, "id"> {
  const writes: Append[] = [];
  const lengths: number[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const [after, entries] = [body.readDoubleLE(at), body.readUInt32LE(at + 8)];
    const [streamBytes, notesBytes] = [body.readUInt32LE(at + 12), body.readUInt32LE(at + 16)];
    at += writeHeadBytes;
    for (let entry = 0; entry < entries; entry++, at += 4) lengths.push(body.readUInt32LE(at));
    const stream = body.toString("utf8", at, at + streamBytes);
    at += streamBytes;
    const notes = notesBytes === noNotes ? undefined : body.toString("utf8", at, at + notesBytes);
    if (notes !== undefined) at += notesBytes;
    writes.push({ kind: "append", stream, after, count: entries, notes });
  }
  return { writes, data: readData(body, at, lengths) };
}

/** The entries in memory of this thread alone: the slot's belongs to the next request. */
function readData(body: Buffer, begin: number, lengths: readonly number[]): Uint8Array[] {
  let total = 0;
  for (const length of lengths) total += length;
  const bytes = new Uint8Array(total);
  bytes.set(body.subarray(begin, begin + total));
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
}
