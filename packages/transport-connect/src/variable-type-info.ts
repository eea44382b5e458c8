import type { AnyVariableType, TypeRegistry } from "@trimtab/core";

/** What a caller is told of one type. */
export interface VariableTypeInfo {
  readonly name: string;
  /** JSON Schema (draft 2020-12) of the constraints; empty where they cannot be put as one. */
  readonly constraintsJsonSchema: string;
}

const known = new WeakMap<TypeRegistry, VariableTypeInfo[]>();

/** Describes the types of a registry, by name; worked out once per registry. */
export function describeTypes(types: TypeRegistry): VariableTypeInfo[] {
  let infos = known.get(types);
  if (infos === undefined) {
    infos = [...types.values()]
      .map((type) => ({ name: type.name, constraintsJsonSchema: constraintsSchemaOf(type) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    known.set(types, infos);
  }
  return infos;
}

type Schema = AnyVariableType["constraints"];

/** What JSON Schema has no word for, as an integer beyond 2^53, is left open rather than left out. */
function constraintsSchemaOf(type: AnyVariableType): string {
  try {
    const schema = structureOf(type.constraints).toJSONSchema({ io: "input", unrepresentable: "any" });
    return "type" in schema ? JSON.stringify(schema) : "";
  } catch {
    return "";
  }
}

/** Finds the stage of a schema that says what a record may hold; the stages around it check and rewrite it. */
function structureOf(schema: Schema): Schema {
  const { in: first, out: second } = schema._zod.def as { in?: Schema; out?: Schema };
  if (first === undefined || second === undefined) return schema;
  return (second._zod.def.type as string) === "transform" ? structureOf(first) : structureOf(second);
}
