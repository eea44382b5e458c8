import { counted, type Space, storeError, type Value, type ValueRecord } from "@trimtab/core";
import type { Parameter, SpaceLayout } from "./space-layout.ts";

/**
 * A point of a search space as plain data: the value of each parameter by its path, that of a conditional one being
 * the name of its branch. Parameters of branches not taken are absent. A point outlives changes of its space.
 */
export type Point = ValueRecord;

/** Reads the point at a place in the unit cube; every place in it gives a valid point. */
export function decodePoint(layout: SpaceLayout, unit: Float64Array): Point {
  const point: Record<string, Value> = {};
  for (const parameter of layout.parameters) {
    if (isActive(parameter, point)) point[parameter.path] = parameter.codec.decode(unit, parameter.offset);
  }
  return point;
}

/**
 * Finds the place of a point in the unit cube; axes of branches not taken are `NaN`, as are those of parameters that a
 * partial point leaves open. Gives `undefined` for a point that does not lie within the space.
 */
export function encodePoint(layout: SpaceLayout, point: Point, isPartial = false): Float64Array | undefined {
  const unit = new Float64Array(layout.axes.length).fill(Number.NaN);
  for (const parameter of layout.parameters) {
    const value = valueAt(point, parameter.path);
    if (value === undefined) {
      if (!isPartial && isActive(parameter, point)) return undefined;
    } else if (!isActive(parameter, point) || !parameter.codec.encode(value, unit, parameter.offset)) return undefined;
  }
  return unit;
}

/** A parameter may be called as something that every object has. */
const valueAt = (point: Point, path: string): Value | undefined =>
  Object.hasOwn(point, path) ? point[path] : undefined;

/** The place of the valid point that a place stands for: axes with cells in the middle of one, axes not there `NaN`. */
export const toCodedUnit = (layout: SpaceLayout, unit: Float64Array): Float64Array =>
  encodePoint(layout, decodePoint(layout, unit)) ?? unit;

/** Says whether the branch that brings a parameter is taken at a point. */
export const isActive = ({ condition }: Parameter, point: Point): boolean =>
  condition === undefined || valueAt(point, condition.parent.path) === condition.branch;

/** Turns a point into values that the variables accept, by name; parameters that it leaves open are absent. */
export function toValues(layout: SpaceLayout, point: Point): ValueRecord {
  const nested = new Map<Parameter | undefined, Record<string, Value>>([[undefined, {}]]);
  // From the innermost out, so that a choice finds what its branch has brought.
  for (const parameter of layout.parameters.toReversed()) {
    const value = valueAt(point, parameter.path);
    if (value === undefined || !isActive(parameter, point)) continue;
    const parent = parameter.condition?.parent;
    const siblings = nested.get(parent) ?? {};
    nested.set(parent, siblings);
    siblings[nameOf(parameter)] =
      parameter.space.kind === "conditional"
        ? parameter.space.toValue(value as string, inOrder(nested.get(parameter)))
        : value;
  }
  return inOrder(nested.get(undefined));
}

const inOrder = (values: Record<string, Value> = {}): ValueRecord =>
  Object.fromEntries(Object.entries(values).toReversed());

const nameOf = ({ path }: Parameter): string =>
  path
    .slice(path.lastIndexOf("/") + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");

/**
 * Turns values of variables into a point, which may be partial. A conditional value is what its variable holds or a
 * record of `branch` and `parameters`.
 *
 * @throws StoreError `invalid_argument` naming a parameter that the space does not have or whose range does not have
 *   the value
 */
export function fromValues(layout: SpaceLayout, values: ValueRecord): Point {
  const point: Record<string, Value> = {};
  const known = new Map(layout.parameters.map((parameter) => [parameter, nameOf(parameter)]));
  const read = (given: ValueRecord, parent?: Parameter, branch?: string) => {
    const siblings = layout.parameters.filter(
      ({ condition }) => condition?.parent === parent && condition?.branch === branch,
    );
    for (const [name, value] of Object.entries(given)) {
      const parameter = siblings.find((each) => known.get(each) === name);
      if (parameter === undefined) throw refuse(name, "is no parameter of the search space", value);
      readValue(parameter, value);
    }
  };
  const readValue = (parameter: Parameter, value: Value) => {
    const { path, space, codec } = parameter;
    const taken = space.kind === "conditional" ? readBranch(space, value) : { branch: value, parameters: {} };
    if (taken === undefined || !codec.encode(taken.branch, new Float64Array(codec.width), 0)) {
      throw refuse(path, `is not within its range, ${rangeOf(space)}${shown(value)}`, value);
    }
    point[path] = taken.branch;
    if (space.kind === "conditional") read(taken.parameters, parameter, taken.branch as string);
  };
  read(values);
  return point;
}

const refuse = (field: string, problem: string, value: Value) =>
  storeError("invalid_argument", `${field} ${problem}`, { field, value });

/** What a space takes, for people. */
function rangeOf(space: Space): string {
  switch (space.kind) {
    case "real":
    case "integer":
      return `${space.min} to ${space.max}${space.step === undefined ? "" : ` in steps of ${space.step}`}`;
    case "categorical":
      return listOf(space.choices.map(String));
    case "conditional":
      return listOf(Object.keys(space.branches));
    case "vector":
      return `${counted(space.dimensions, "number")} ${space.sphere ? "of norm 1" : `from ${space.min} to ${space.max}`}`;
  }
}

/** Choices that are named where there are more. */
const namedChoices = 10;

const listOf = (choices: readonly string[]): string =>
  `${choices.slice(0, namedChoices).join(", ")}${choices.length > namedChoices ? ` and ${choices.length - namedChoices} more` : ""}`;

/** A value at the end of a sentence, where it is a short one. */
function shown(value: Value): string {
  if (typeof value === "string") return value.length <= 64 ? `; got ${JSON.stringify(value)}` : "";
  return typeof value === "object" ? "" : `; got ${String(value)}`;
}

/** The branch and parameters of a conditional value, from the variable's own form or the generic one. */
function readBranch(space: Space & { kind: "conditional" }, value: Value) {
  const own = space.fromValue?.(value);
  if (own !== undefined) return own;
  if (typeof value === "string") return { branch: value, parameters: {} };
  if (typeof value !== "object" || value === null || !("branch" in value)) return undefined;
  const { branch, parameters = {} } = value as { branch: Value; parameters?: ValueRecord };
  return typeof branch === "string" ? { branch, parameters } : undefined;
}
