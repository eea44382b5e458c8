import { type Space, storeError, type Value } from "@trimtab/core";
import { createRangeCodec, type RangeCodec } from "./range-codec.ts";
import type { SearchSpace } from "./search-space.ts";

/** One parameter of a search space, nested ones included. */
export interface Parameter {
  /** Its name; for a parameter of a branch the choice's path, the branch and the name, as a JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly space: Space;
  readonly codec: RangeCodec;
  /** Its first axis. */
  readonly offset: number;
  /** The branch that brings it; absent for one that is always there. */
  readonly condition?: { readonly parent: Parameter; readonly branch: string };
}

/** One direction of a search space. */
export interface Axis {
  readonly parameter: Parameter;
  /** The values that it tells apart; 0 where it is continuous. */
  readonly cells: number;
  readonly isCategorical: boolean;
}

/** A search space laid out as axes of the unit cube. Parents come before what their branches bring. */
export interface SpaceLayout {
  readonly space: SearchSpace;
  readonly parameters: readonly Parameter[];
  readonly axes: readonly Axis[];
}

/** Parameters that a search space may have at most, nested ones included. */
const maxParameters = 1000;

/**
 * Lays a search space out.
 *
 * @throws StoreError `invalid_argument` for a space without parameters or with too many, and for a parameter whose
 *   range is empty or not finite
 */
export function createSpaceLayout(space: SearchSpace): SpaceLayout {
  const parameters: Parameter[] = [];
  let width = 0;
  const add = (path: string, each: Space, condition?: Parameter["condition"]) => {
    checkRange(path, each);
    const codec = createRangeCodec(each);
    const parameter: Parameter = { path, space: each, codec, offset: width, ...(condition && { condition }) };
    parameters.push(parameter);
    width += codec.width;
    if (each.kind !== "conditional") return;
    for (const [branch, nested] of Object.entries(each.branches)) {
      for (const [name, inner] of Object.entries(nested)) {
        add(`${path}/${escapeName(branch)}/${escapeName(name)}`, inner, { parent: parameter, branch });
      }
    }
  };
  for (const [name, each] of Object.entries(space)) {
    // The values of a trial are a record, which holds nothing by this name.
    if (name === "__proto__") throw refuse(name, "cannot be searched: no record of values can hold that name");
    add(escapeName(name), each);
  }
  if (parameters.length === 0) throw refuse("space", "has no parameters");
  if (parameters.length > maxParameters) {
    const message = `space has ${parameters.length} parameters, at most ${maxParameters} are allowed`;
    const details = { field: "space", limit: maxParameters, value: parameters.length };
    throw storeError("invalid_argument", message, details);
  }
  const axes = parameters.flatMap((parameter) => {
    const { width, cells, isCategorical } = parameter.codec;
    return Array.from({ length: width }, () => ({ parameter, cells, isCategorical }));
  });
  return { space, parameters, axes };
}

const escapeName = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

const refuse = (field: string, problem: string, value?: Value) =>
  storeError("invalid_argument", `${field} ${problem}`, { field, ...(value !== undefined && { value }) });

function checkRange(path: string, space: Space): void {
  switch (space.kind) {
    case "real":
    case "integer":
      if (!Number.isFinite(Number(space.min))) throw refuse(path, `needs a finite min, got ${space.min}`);
      if (!Number.isFinite(Number(space.max))) throw refuse(path, `needs a finite max, got ${space.max}`);
      if (space.min > space.max) throw refuse(path, `has its min ${space.min} above its max ${space.max}`, space.min);
      if (space.log && space.min <= 0) throw refuse(path, `is logarithmic, so its min must be above 0`, space.min);
      if (space.step !== undefined && space.step <= 0) throw refuse(path, "needs a step above 0", space.step);
      return;
    case "categorical":
      if (space.choices.length === 0) throw refuse(path, "has no choices");
      return;
    case "conditional":
      if (Object.keys(space.branches).length === 0) throw refuse(path, "has no branches");
      return;
    case "vector":
      if (!Number.isSafeInteger(space.dimensions) || space.dimensions < 1) {
        throw refuse(path, `needs at least 1 dimension, got ${space.dimensions}`, space.dimensions);
      }
      if (!(Number.isFinite(space.min) && Number.isFinite(space.max) && space.min <= space.max)) {
        throw refuse(path, `needs finite limits in order, got ${space.min} and ${space.max}`);
      }
  }
}
