import type { Cel, CelTypes, Failure, TypeName } from "./cel-value.ts";
import type { Frame } from "./frame.ts";

/** A type as signatures name it; `dyn` stands for any. */
export type SignatureType = TypeName | "dyn";

type ValueOf<T extends SignatureType> = T extends TypeName ? CelTypes[T] : Cel;
type ValuesOf<P extends readonly SignatureType[]> = { [K in keyof P]: ValueOf<P[K]> };

/** One way to call a function or an operator. */
export interface Overload {
  readonly parameters: readonly SignatureType[];
  readonly result: SignatureType;
  /** Takes arguments of exactly the parameters' types. */
  readonly call: (frame: Frame, operands: readonly Cel[]) => Cel | Failure;
}

/** A function, a method or an operator: the first overload whose parameters fit is called. */
export type Overloads = readonly Overload[];

/** Defines an overload by an implementation whose arguments have the types of the parameters. */
export function overload<const P extends readonly SignatureType[], R extends SignatureType>(
  parameters: P,
  result: R,
  implementation: (frame: Frame, ...operands: ValuesOf<P>) => ValueOf<R> | Failure,
): Overload {
  // The caller has compared each operand's type with the parameter's.
  const call = implementation as (frame: Frame, ...operands: readonly Cel[]) => Cel | Failure;
  return { parameters, result, call: (frame, operands) => call(frame, ...operands) };
}

/** Defines an overload that takes any number of values of any type, at least one. */
export const variadic = (
  result: SignatureType,
  call: (frame: Frame, operands: readonly Cel[]) => Cel | Failure,
): Overload & { readonly isVariadic: true } => ({ parameters: ["dyn"], result, call, isVariadic: true });

const isVariadic = (candidate: Overload): boolean => "isVariadic" in candidate;

/** Says whether an overload takes operands of these types; a `dyn` among them may turn out to be anything. */
export function accepts(candidate: Overload, types: readonly SignatureType[]): boolean {
  const { parameters } = candidate;
  if (isVariadic(candidate)) return types.length > 0;
  if (parameters.length !== types.length) return false;
  for (let i = 0; i < types.length; i++) {
    const [parameter, type] = [parameters[i], types[i]];
    if (parameter !== "dyn" && type !== "dyn" && parameter !== type) return false;
  }
  return true;
}
