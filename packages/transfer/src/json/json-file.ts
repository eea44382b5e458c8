import { type DescMessage, fromJson, type JsonValue, type MessageShape, toJson } from "@bufbuild/protobuf";
import { findJsonProblem, quoteIntegers, variableFileDepth } from "@trimtab/wire";
import { DependencySchema, type VariableFile, VariableFileSchema, VariableSchema } from "@trimtab/wire/services";
import { malformed, problemOf } from "../malformed.ts";
import { type JsonRecord, parseJsonRecord } from "./parse-json.ts";

/** A file's message as JSON data, with the names of the schema; fields that say nothing are there too. */
export const toJsonFile = (file: VariableFile): JsonValue =>
  toJson(VariableFileSchema, file, { useProtoFieldName: true, alwaysEmitImplicit: true });

/**
 * Reads a file's message from JSON text. Each variable and dependency is read on its own; an error tells the
 * path of the field, by the names that the file has and what it was to be.
 *
 * @throws StoreError `invalid_argument` naming the place and the problem
 */
export function parseJsonFile(text: string): VariableFile {
  const { variables, dependencies, ...envelope } = parseJsonRecord(quoteIntegers(text), "data");
  const file = read(VariableFileSchema, envelope, "data");
  file.variables = items({ variables }, "variables").map((each, index) =>
    read(VariableSchema, each, `data.variables[${index}]`),
  );
  file.dependencies = items({ dependencies }, "dependencies").map((each, index) =>
    read(DependencySchema, each, `data.dependencies[${index}]`),
  );
  return file;
}

function items(parent: JsonRecord | { [key: string]: JsonValue | undefined }, key: string): JsonValue[] {
  const list = parent[key] ?? [];
  if (!Array.isArray(list)) throw malformed(`data.${key}`, "must be a list");
  return list;
}

function read<D extends DescMessage>(schema: D, json: JsonValue, path: string): MessageShape<D> {
  try {
    return fromJson(schema, json, { recursionLimit: variableFileDepth });
  } catch (error) {
    const found = findJsonProblem(schema, json, { path, nameOf: ({ name }) => name });
    if (found === undefined) throw malformed(path, `cannot be read: ${problemOf(error)}`);
    throw malformed(found.path, found.problem);
  }
}
