import { type DType, dtypeBytes, elementCount, type NdArray, type Payload } from "@trimtab/core";
import { CelMap } from "./cel-map.ts";
import { type Cel, ListView, Uint } from "./cel-value.ts";

/** A stored value as an expression sees it. Lists, maps and arrays are views: nothing is copied or walked through. */
export function celOfPayload(payload: Payload): Cel {
  switch (payload.kind) {
    case "null":
      return null;
    case "list":
      return new PayloadList(payload.value);
    case "map":
      return new PayloadMap(payload.value);
    case "array":
      return new ArrayView(payload.value);
    default:
      return payload.value;
  }
}

/** A stored list. */
class PayloadList extends ListView {
  readonly #items: readonly Payload[];
  readonly length: number;
  constructor(items: readonly Payload[]) {
    super();
    this.#items = items;
    this.length = items.length;
  }
  at(index: number): Cel | undefined {
    const item = this.#items[index];
    return item && celOfPayload(item);
  }
}

/** A stored map. */
class PayloadMap extends CelMap {
  readonly #entries: ReadonlyMap<string, Payload>;
  constructor(entries: ReadonlyMap<string, Payload>) {
    super();
    this.#entries = entries;
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: Cel): Cel | undefined {
    const item = typeof key === "string" ? this.#entries.get(key) : undefined;
    return item && celOfPayload(item);
  }
  keys(): Iterable<Cel> {
    return this.#entries.keys();
  }
}

/** An embedding or a tensor: the list of its elements in row-major order, which also has `shape` and `dtype`. */
export class ArrayView extends ListView {
  readonly array: NdArray;
  readonly length: number;
  readonly #bytes: DataView;
  readonly #read: (bytes: DataView, at: number) => Cel;
  readonly #width: number;

  constructor(array: NdArray) {
    super();
    this.array = array;
    this.length = elementCount(array.shape);
    this.#bytes = new DataView(array.data.buffer, array.data.byteOffset, array.data.byteLength);
    this.#read = readers[array.dtype];
    this.#width = dtypeBytes[array.dtype];
  }

  at(index: number): Cel | undefined {
    return index < this.length ? this.#read(this.#bytes, index * this.#width) : undefined;
  }

  /** `shape`, a list of ints, or `dtype`, a string. */
  field(name: string): Cel | undefined {
    if (name === "shape") return this.array.shape.map(BigInt);
    return name === "dtype" ? this.array.dtype : undefined;
  }
}

const readers: Readonly<Record<DType, (bytes: DataView, at: number) => Cel>> = {
  bool: (bytes, at) => bytes.getUint8(at) !== 0,
  u8: (bytes, at) => BigInt(bytes.getUint8(at)),
  u16: (bytes, at) => BigInt(bytes.getUint16(at, true)),
  u32: (bytes, at) => BigInt(bytes.getUint32(at, true)),
  u64: (bytes, at) => new Uint(bytes.getBigUint64(at, true)),
  s8: (bytes, at) => BigInt(bytes.getInt8(at)),
  s16: (bytes, at) => BigInt(bytes.getInt16(at, true)),
  s32: (bytes, at) => BigInt(bytes.getInt32(at, true)),
  s64: (bytes, at) => bytes.getBigInt64(at, true),
  f16: (bytes, at) => readFloat16(bytes.getUint16(at, true)),
  bf16: (bytes, at) => readBfloat16(bytes.getUint16(at, true)),
  f32: (bytes, at) => bytes.getFloat32(at, true),
  f64: (bytes, at) => bytes.getFloat64(at, true),
};

/** IEEE 754 binary16. */
function readFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const widened = new DataView(new ArrayBuffer(4));

/** The upper half of an IEEE 754 binary32. */
function readBfloat16(bits: number): number {
  widened.setUint32(0, bits << 16);
  return widened.getFloat32(0);
}
