import {
  type Declarations,
  parseValue,
  StoreError,
  type StudyVariable,
  storeError,
  type ValueRecord,
} from "@trimtab/core";

/**
 * Makes the function from a trial's parameters to what a program's declarations say that they are.
 *
 * @throws StoreError `invalid_argument` for a variable that is not searched, `invalid_type` for one of another type; the
 *   function throws what a value has against the declaration's own constraints
 */
export function readDeclared<P>(variables: readonly StudyVariable[], declared: Declarations): (from: ValueRecord) => P {
  const entries = Object.entries(declared);
  for (const [name, { type }] of entries) {
    const searched = variables.find((each) => each.name === name);
    if (searched === undefined) {
      throw storeError("invalid_argument", `${name} is not searched`, { field: "variables", value: name });
    }
    if (searched.type === type.name) continue;
    const message = `${name} is of type ${searched.type}, and is declared as ${type.name}`;
    throw storeError("invalid_type", message, { type: type.name });
  }
  return (parameters) => {
    const values = entries.map(([name, { type, constraints }]) => {
      const parsed = parseValue(type, constraints, parameters[name], name);
      if (parsed.kind === "refused") throw new StoreError(parsed.refusal);
      return [name, parsed.value];
    });
    return Object.fromEntries(values) as P;
  };
}
