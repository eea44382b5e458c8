import {
  type DeclarationOptions,
  type DType,
  dtypes,
  isNotedFinite,
  type VariableDeclaration,
  type VariableType,
} from "@trimtab/core";
import * as z from "zod";
import { constraint, constraintSchema, flag } from "./constraint-schema.ts";
import { declareVariable } from "./declare-variable.ts";
import { elementTypes } from "./element-type.ts";
import { narrowedType } from "./narrowed-type.ts";
import type { NestedList } from "./nested-list.ts";
import { convert, isDType, maxRank, readSource, type TensorSource } from "./tensor-source.ts";
import { decodeTensor, encodeTensor, type Tensor, tensorEquals } from "./tensor-value.ts";
import { isText, type ParseContext, refuseConstraint, refuseType, valueSchema } from "./value-schema.ts";

export type { ElementArray, ElementArrays } from "./element-type.ts";
export { bfloat16, type FloatFormat, float16 } from "./float-format.ts";
export type { NestedList } from "./nested-list.ts";
export { type Tensor, tensorFromNested, toNested } from "./tensor-value.ts";

/** Limits of a tensor variable. */
export type TensorConstraints = {
  /** The extent of each dimension; `null` lets a dimension have any. */
  readonly shape?: readonly (number | null)[];
  /** The element type that values are converted to: floats are rounded, integers must be exact. */
  readonly dtype?: DType;
  /** A label for where the tensor is used, for instance `cuda:0`. A value that names another device is refused. */
  readonly device?: string;
  /** Lets `NaN` and the infinities in. */
  readonly allow_special?: boolean;
};

const isExtent = (input: unknown): boolean =>
  input === null || input === -1 || (Number.isSafeInteger(input) && (input as number) >= 0);

const shapePattern = z.custom<readonly (number | null)[]>((input) => {
  if (!Array.isArray(input) || input.length > maxRank) return false;
  for (let i = 0; i < input.length; i++) if (!isExtent(input[i])) return false;
  return true;
}, `must be a list of at most ${maxRank} whole numbers of at least 0, with null or -1 for any`);

/**
 * N-dimensional arrays of any dtype. Takes tensors, stored arrays, typed arrays, and records of `shape` and `data`
 * with flat or nested lists. Without a dtype from the constraints, the value or its typed array, elements are `f32`.
 */
export const tensorType: VariableType<Tensor, TensorConstraints> = {
  name: "tensor",
  constraints: constraintSchema(
    {
      shape: constraint(shapePattern),
      dtype: constraint(z.custom<DType>(isDType, `must be one of: ${dtypes.join(", ")}`)),
      device: constraint(z.custom<string>((input) => isText(input) && input !== "", "must be text")),
      allow_special: constraint(flag),
    },
    ({ shape, ...rest }): TensorConstraints =>
      shape === undefined
        ? rest
        : { ...rest, shape: Object.freeze(shape.map((extent) => (extent === -1 ? null : extent))) },
  ),
  values: (constraints) => {
    const { dtype: wanted, allow_special: allowSpecial = false } = constraints;
    const checkLabels = createLabelCheck(constraints);
    return valueSchema((input, context) => {
      const source = readSource(input);
      if ("kind" in source) return refuseType(context, source.message, input);
      const broken = checkLabels(source);
      if (broken !== undefined) return refuseConstraint(context, broken.message, { input, ...broken.issue });
      const tensor = toTensor(source, wanted, { input, context });
      if (allowSpecial || context.issues.length > 0 || isKnownFinite(tensor)) return tensor;
      const special = elementTypes[tensor.dtype].indexOfSpecial(tensor.data);
      if (special < 0) return tensor;
      const message = `element ${special} is ${elementTypes[tensor.dtype].get(tensor.data, special)}, must be finite`;
      return refuseConstraint(context, message, { input, constraint: "allow_special", limit: false });
    });
  },
  encode: encodeTensor,
  decode: decodeTensor,
  equals: tensorEquals,
  space: () => undefined,
};

/** Says whether somebody has looked at all elements before, and found them finite. */
const isKnownFinite = ({ dtype, data }: Tensor): boolean => dtype === "f32" && isNotedFinite(data);

/** Checks what surrounds the elements: shape and device. */
function createLabelCheck({ shape: pattern, device }: TensorConstraints) {
  const shown = pattern === undefined ? "" : `[${pattern.map((extent) => extent ?? "*").join(", ")}]`;
  return ({ shape, device: named }: TensorSource) => {
    if (pattern !== undefined && !fitsPattern(shape, pattern)) {
      const message = `shape must be ${shown}, got [${shape.join(", ")}]`;
      return { message, issue: { constraint: "shape", limit: pattern, value: shape } };
    }
    if (device !== undefined && named !== undefined && named !== device) {
      const message = `device must be ${device}, got ${named}`;
      return { message, issue: { constraint: "device", limit: device, value: named } };
    }
    return undefined;
  };
}

const fitsPattern = (shape: readonly number[], pattern: readonly (number | null)[]): boolean =>
  shape.length === pattern.length && pattern.every((extent, axis) => extent === null || extent === shape[axis]);

/** Reads the elements as the dtype wanted; what it cannot hold breaks the constraint, or the dtype the value names. */
function toTensor(
  { elements, dtype: named, shape }: TensorSource,
  wanted: DType | undefined,
  { input, context }: { input: unknown; context: ParseContext },
): Tensor {
  const converted = convert(elements, wanted ?? named ?? "f32", shape);
  if (converted.kind === "converted") return converted.tensor;
  const { message } = converted;
  return converted.kind === "ill-typed" || wanted === undefined
    ? refuseType(context, message, input)
    : refuseConstraint(context, message, { input, constraint: "dtype", limit: wanted });
}

/** What a tensor variable's default may be written as. */
export type TensorInput =
  | Tensor
  | { readonly shape: readonly number[]; readonly data: NestedList | ArrayBufferView; readonly dtype?: DType };

/** Constraints and surroundings of a tensor variable; -1 in a shape stands for any extent, as `null` does. */
export type TensorOptions<D extends DType> = Omit<TensorConstraints, "dtype"> & {
  readonly dtype?: D;
  readonly default?: TensorInput;
} & Omit<DeclarationOptions<never>, "default">;

/**
 * Declares a tensor variable; with a dtype its `data` is the typed array of that dtype, and where a variable was registered
 * without it, tensors of another are refused when they are read.
 *
 * @throws StoreError `invalid_constraints`; `validation_failed` or `constraint_violation` for the default
 */
export const tensor = <const D extends DType = DType>(options: TensorOptions<D> = {}): VariableDeclaration<Tensor<D>> =>
  declareVariable<Tensor<D>>(options.dtype === undefined ? tensorType : tensorOf(options.dtype), options);

/** As {@link tensorType}, but no tensor of another dtype is read. */
const tensorOf = (wanted: DType): typeof tensorType =>
  narrowedType(tensorType, ({ dtype }) =>
    dtype === wanted ? undefined : `the tensor is of dtype ${dtype}, but is declared as ${wanted}`,
  );
