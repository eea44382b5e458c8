import type { ConfigurationSpace, Dependency, Program, Rule } from "@trimtab/core";
import { fromWireDependencyKind, toWireDependencyKind } from "../dependency.ts";
import type { DependencyAdded, ProgramPut, RulePut, SpacePut } from "../gen/trimtab/log/v1/commit_pb.ts";
import { toWireRecord } from "../plain-value.ts";
import { refuseMessage } from "../refuse.ts";
import { fromWireRecord } from "../value.ts";

/** A part of a stored message that is always there; throws `invalid_argument` by its path where it is not. */
export function requirePart<T>(part: T | undefined, path: string): T {
  if (part === undefined) throw refuseMessage(path, "is required");
  return part;
}

// What an event and a session have in common: the same thing, as it was put and as it is.

type Added = Pick<Dependency, "variable" | "dependsOn" | "kind" | "metadata"> & { readonly name?: string };

/** Puts a dependency into a stored message. */
export const toStoredAdded = ({ variable, dependsOn, kind, metadata, name = "" }: Added): DependencyAdded => ({
  $typeName: "trimtab.log.v1.DependencyAdded",
  variable,
  dependsOn,
  kind: toWireDependencyKind(kind),
  metadata: toWireRecord(metadata),
  name,
});

/** Reads a dependency from a stored message. */
export const fromStoredAdded = (
  { variable, dependsOn, kind, metadata, name }: DependencyAdded,
  path: string,
): Added => ({
  variable,
  dependsOn,
  kind: fromWireDependencyKind(kind, `${path}.kind`),
  metadata: fromWireRecord(metadata, `${path}.metadata`),
  ...(name !== "" && { name }),
});

type PutProgram = Pick<Program, "id" | "body">;

/** Puts a program into a stored message. */
export const toStoredProgram = ({ id, body }: PutProgram): ProgramPut => ({
  $typeName: "trimtab.log.v1.ProgramPut",
  id,
  body: toWireRecord(body),
});

/** Reads a program from a stored message. */
export const fromStoredProgram = ({ id, body }: ProgramPut, path: string): PutProgram => ({
  id,
  body: fromWireRecord(body, `${path}.body`),
});

type PutRule = Omit<Rule, "createdAtMs" | "updatedAtMs" | "updatedBy" | "revision">;

/** Puts a rule into a stored message. */
export const toStoredRule = ({ name, expression, message, description, disabled, variables }: PutRule): RulePut => ({
  $typeName: "trimtab.log.v1.RulePut",
  name,
  expression,
  message,
  description,
  disabled,
  variables: [...variables],
});

/** Reads a rule from a stored message. */
export const fromStoredRule = ({ name, expression, message, description, disabled, variables }: RulePut): PutRule => ({
  name,
  expression,
  message,
  description,
  disabled,
  variables,
});

type PutSpace = Pick<ConfigurationSpace, "name" | "description" | "variables" | "metadata">;

/** Puts a configuration space into a stored message. */
export const toStoredSpace = ({ name, description, variables, metadata }: PutSpace): SpacePut => ({
  $typeName: "trimtab.log.v1.SpacePut",
  name,
  description,
  variables: [...variables],
  metadata: toWireRecord(metadata),
});

/** Reads a configuration space from a stored message. */
export const fromStoredSpace = ({ name, description, variables, metadata }: SpacePut, path: string): PutSpace => ({
  name,
  description,
  variables,
  metadata: fromWireRecord(metadata, `${path}.metadata`),
});
