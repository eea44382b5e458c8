import {
  type Declarations,
  fromPayload,
  type Parsed,
  parseConstraints,
  parseValue,
  type Refusal,
  StoreError,
  saysSensitive,
  storeError,
  type ValueOf,
  type Variable,
  type VariableDeclaration,
  type VariableSpec,
  withoutValue,
} from "@trimtab/core";

/** New values for some of the declared variables. */
export type PartialValuesOf<D extends Declarations> = { readonly [K in keyof D & string]?: ValueOf<D[K]> };

/** A declaration under its key, with the name that its variable has in the session. */
export interface NamedDeclaration<V = unknown> {
  readonly key: string;
  readonly name: string;
  readonly declaration: VariableDeclaration<V>;
  /** What to register where the variable is missing; absent where it must exist. */
  readonly spec?: VariableSpec;
}

/**
 * Names every declaration and checks what it says, so that a mistake shows before anything is sent.
 *
 * @throws StoreError `invalid_argument` where two keys mean one variable, where a name goes with no key, and for another session's;
 *   `invalid_constraints`, `validation_failed` or `constraint_violation` where a declaration contradicts itself
 */
export function nameDeclarations(
  declarations: Declarations,
  names: Readonly<Record<string, string | undefined>> = {},
): NamedDeclaration[] {
  const stray = Object.keys(names).find((key) => !Object.hasOwn(declarations, key));
  if (stray !== undefined) {
    const message = `names.${stray}: no variable is declared as "${stray}"`;
    throw storeError("invalid_argument", message, { field: `names.${stray}` });
  }
  const keys = new Map<string, string>();
  return Object.entries(declarations).map(([key, declaration]) => {
    const named = Object.hasOwn(names, key) ? names[key] : undefined;
    const name = named ?? key;
    if (name.includes("/")) {
      const field = named === undefined ? key : `names.${key}`;
      const message = `${field}: "${name}" is called as a variable of another session is; handles are of a session's own`;
      throw storeError("invalid_argument", message, { field, value: name });
    }
    const other = keys.get(name);
    if (other !== undefined) {
      const message = `${other} and ${key} both stand for the variable "${name}"`;
      throw storeError("invalid_argument", message, { field: `names.${key}`, value: name });
    }
    keys.set(name, key);
    const spec = specOf(name, declaration);
    return { key, name, declaration, ...(spec && { spec }) };
  });
}

function specOf(name: string, declaration: VariableDeclaration): VariableSpec | undefined {
  const { type, description, metadata, readOnly, sensitive, accessRules, derivation, dependencies } = declaration;
  const constraints = parsedOrThrow(parseConstraints(type, declaration.constraints));
  if (declaration.default === undefined && derivation === undefined) return undefined;
  const value =
    declaration.default === undefined
      ? undefined
      : readValue({ name, type, constraints, sensitive: saysSensitive(declaration) }, declaration.default);
  return {
    name,
    type: type.name,
    ...(value !== undefined && { value: fromPayload(type.encode(value)) }),
    constraints,
    ...(derivation !== undefined && { derivation }),
    ...(dependencies !== undefined && { dependencies }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(readOnly !== undefined && { readOnly }),
    ...(sensitive !== undefined && { sensitive }),
    ...(accessRules !== undefined && { accessRules }),
  };
}

/** What a value is read for. */
interface ValueTarget<V> extends Pick<VariableDeclaration<V>, "type" | "constraints"> {
  readonly name: string;
  readonly sensitive: boolean;
}

/** Gives the value that is stored, or throws why it was refused, which says nothing of one that is sensitive. */
export function readValue<V>({ name, type, constraints, sensitive }: ValueTarget<V>, input: unknown): V {
  const parsed = parseValue(type, constraints, input, name);
  if (parsed.kind === "parsed") return parsed.value;
  throw new StoreError(sensitive ? withoutValue(parsed.refusal, name) : parsed.refusal);
}

/** Gives what was parsed, or throws why it was refused. */
function parsedOrThrow<T>(parsed: Parsed<T, Refusal>): T {
  if (parsed.kind === "parsed") return parsed.value;
  throw new StoreError(parsed.refusal);
}

/** The error for a variable that has another type than the program declared. */
export const typeMismatch = (variable: Variable, declaration: VariableDeclaration): StoreError =>
  storeError(
    "invalid_type",
    `variable "${variable.name}" is of type ${variable.type}, but is declared as ${declaration.type.name}`,
    { type: variable.type },
  );
