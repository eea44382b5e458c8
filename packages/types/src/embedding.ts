import type { DeclarationOptions, VariableDeclaration, VariableType } from "@trimtab/core";
import * as z from "zod";
import { constraint, constraintSchema, flag, wholeNumber } from "./constraint-schema.ts";
import { declareVariable } from "./declare-variable.ts";
import {
  type DistanceMetric,
  type DistanceMetricName,
  isMetricName,
  metricNames,
  metricsByName,
  type Vector,
} from "./distance.ts";
import { readComponents } from "./embedding-components.ts";
import {
  decodeEmbedding,
  type EmbeddingArray,
  type EmbeddingDType,
  embeddingDtypes,
  embeddingEquals,
  encodeEmbedding,
  roundComponents,
  roundToUnit,
} from "./embedding-storage.ts";
import { refuseConstraint, refuseType, valueSchema } from "./value-schema.ts";

export { type DistanceMetric, type DistanceMetricName, distance, distanceMetrics, type Vector } from "./distance.ts";
export { type EmbeddingArray, type EmbeddingDType, embeddingDtypes } from "./embedding-storage.ts";

/** Limits of an embedding variable. */
export type EmbeddingConstraints = {
  /** How many components there must be, at least 1. */
  readonly dimensions?: number;
  /** Divides each value by its L2 norm before it is stored; a zero vector is stored as it is. */
  readonly normalize?: boolean;
  /** How to compare values, for whoever compares them; it does not limit them. */
  readonly distance_metric?: DistanceMetric;
  /** How components are stored, `f64` unless given; values are rounded to it, ties to even. */
  readonly dtype?: EmbeddingDType;
};

const metricName = z.custom<DistanceMetricName>(isMetricName, metricNames);

/** Vectors of finite floats. Takes lists of numbers, numeric typed arrays and one-dimensional arrays of any dtype. */
export const embeddingType: VariableType<EmbeddingArray, EmbeddingConstraints> = {
  name: "embedding",
  constraints: constraintSchema(
    {
      dimensions: constraint(wholeNumber(1)),
      normalize: constraint(flag),
      distance_metric: constraint(metricName),
      dtype: constraint(z.enum(embeddingDtypes, `must be one of: ${embeddingDtypes.join(", ")}`)),
    },
    ({ distance_metric: metric, ...rest }): EmbeddingConstraints => {
      const canonical = metric === undefined ? undefined : metricsByName[metric];
      return canonical === undefined ? rest : { ...rest, distance_metric: canonical };
    },
  ),
  values: ({ dimensions, normalize = false, dtype = "f64" }) =>
    valueSchema((input, context) => {
      const read = readComponents(input, dimensions);
      if (read.kind === "ill-typed") return refuseType(context, read.message, input);
      if (read.kind === "wrong-dimensions") {
        const broken = { input, constraint: "dimensions", limit: read.limit };
        return refuseConstraint(context, `must have exactly ${read.limit} dimensions, got ${read.found}`, broken);
      }
      const { components, sumOfSquares } = read;
      const rounded = normalize ? roundToUnit(components, sumOfSquares, dtype) : roundComponents(components, dtype);
      if (typeof rounded !== "number") return rounded;
      const broken = { input, constraint: "dtype", limit: dtype };
      return refuseConstraint(
        context,
        `component ${rounded} is ${components[rounded]}, too large for ${dtype}`,
        broken,
      );
    }),
  encode: encodeEmbedding,
  decode: decodeEmbedding,
  equals: embeddingEquals,
  space: ({ dimensions, normalize }) =>
    normalize && dimensions !== undefined ? { kind: "vector", dimensions, sphere: true, min: -1, max: 1 } : undefined,
};

/** Constraints and surroundings of an embedding variable; metrics also by their aliases `l2` and `l1`. */
export type EmbeddingOptions<D extends EmbeddingDType> = Omit<EmbeddingConstraints, "dtype" | "distance_metric"> & {
  readonly dtype?: D;
  readonly distance_metric?: DistanceMetricName;
  readonly default?: Vector;
} & Omit<DeclarationOptions<never>, "default">;

/**
 * Declares an embedding variable: `Float64Array`, or `Float32Array` for the dtypes f32, f16 and bf16.
 *
 * @throws StoreError `invalid_constraints`; `validation_failed` or `constraint_violation` for the default
 */
export const embedding = <const D extends EmbeddingDType = "f64">(
  options: EmbeddingOptions<D> = {},
): VariableDeclaration<EmbeddingArray<D>> => declareVariable<EmbeddingArray<D>>(embeddingType, options);
