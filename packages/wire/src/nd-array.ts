import { counted, type DType, dtypes, isNdArray, type NdArray, settle } from "@trimtab/core";
import { DType as WireDType, type NdArray as WireNdArray } from "./gen/trimtab/v1/value_pb.ts";
import { plainBytes } from "./plain-bytes.ts";
import { refuseMessage } from "./refuse.ts";

const wireDtypes = {
  bool: WireDType.DTYPE_BOOL,
  u8: WireDType.DTYPE_U8,
  u16: WireDType.DTYPE_U16,
  u32: WireDType.DTYPE_U32,
  u64: WireDType.DTYPE_U64,
  s8: WireDType.DTYPE_S8,
  s16: WireDType.DTYPE_S16,
  s32: WireDType.DTYPE_S32,
  s64: WireDType.DTYPE_S64,
  f16: WireDType.DTYPE_F16,
  bf16: WireDType.DTYPE_BF16,
  f32: WireDType.DTYPE_F32,
  f64: WireDType.DTYPE_F64,
} as const satisfies Record<DType, WireDType>;

const coreDtypes = new Map<WireDType, DType>(dtypes.map((dtype) => [wireDtypes[dtype], dtype]));

/** Puts an array on the wire. Its bytes are shared, not copied. */
export const toWireNdArray = ({ dtype, shape, data }: NdArray): WireNdArray => ({
  $typeName: "trimtab.v1.NdArray",
  dtype: wireDtypes[dtype],
  shape: shape.map(BigInt),
  data,
});

/** Bytes from which on an array is worth keeping where it was received. */
const largeBytes = 64 * 1024;

/**
 * Reads an array. Its bytes are shared with the message, and so with the buffer that the message was read from. A large one
 * that is most of that buffer is settled: whoever receives a message does not write to it.
 *
 * @throws StoreError `invalid_argument` for an unknown dtype, an extent beyond 2^53-1, or bytes that do not fit the shape
 */
export function fromWireNdArray({ dtype: wireDtype, shape: extents, data: bytes }: WireNdArray, path: string): NdArray {
  const dtype = coreDtypes.get(wireDtype);
  if (dtype === undefined) throw refuseMessage(path, `has the unknown dtype ${wireDtype}`);
  const shape = extents.map(Number);
  const data = plainBytes(bytes);
  const array = { dtype, shape, data };
  if (!isNdArray(array)) {
    throw refuseMessage(
      path,
      `of ${dtype} with shape [${extents.join(", ")}] does not hold ${counted(data.byteLength, "byte")}`,
    );
  }
  if (data.byteLength >= largeBytes && data.byteLength * 2 > data.buffer.byteLength) settle(data);
  return array;
}
