import type { DType } from "@trimtab/core";

/**
 * The format's names of element types, in the order that its reference implementation gives them from the largest
 * alignment down; files are laid out in that order.
 */
export const formatNames = {
  u64: "U64",
  s64: "I64",
  f64: "F64",
  f32: "F32",
  u32: "U32",
  s32: "I32",
  bf16: "BF16",
  f16: "F16",
  u16: "U16",
  s16: "I16",
  s8: "I8",
  u8: "U8",
  bool: "BOOL",
} as const satisfies Record<DType, string>;

/** The place of each element type in the layout of a file. */
export const layoutOrder = new Map(Object.keys(formatNames).map((dtype, index) => [dtype as DType, index]));

/** Element types by the format's names. */
export const dtypesByName = new Map<string, DType>(
  Object.entries(formatNames).map(([dtype, name]) => [name, dtype as DType]),
);
