import { constraintIssue, madeOf, typeIssue, type Value, type ValueContext } from "@trimtab/core";
import * as z from "zod";

/** Collects the issues of one parse; the first one decides what the caller is told. */
export type ParseContext = ValueContext;

/**
 * Makes the schema of a variable's values out of one function that gives the value to store or ends in
 * {@link refuseType} or {@link refuseConstraint}. Everything that depends on the constraints alone belongs outside it.
 */
export const valueSchema = <V>(parse: (input: unknown, context: ParseContext) => V): z.ZodType<V> =>
  madeOf(z.transform(parse) as z.ZodType<V>, parse);

/** Refuses a value that is not of the type at all. */
export function refuseType(context: ParseContext, message: string, input: unknown): never {
  context.issues.push(typeIssue(message, input));
  return z.NEVER;
}

/** Refuses a value of the type that breaks one constraint. */
export function refuseConstraint(
  context: ParseContext,
  message: string,
  broken: { input: unknown; constraint: string; limit: Value; value?: Value },
): never {
  const { input, ...issue } = broken;
  context.issues.push(constraintIssue(message, input, issue));
  return z.NEVER;
}

/** Says whether something is text that every runtime and the wire can carry: a string without lone surrogates. */
export const isText = (input: unknown): input is string => typeof input === "string" && input.isWellFormed();

/** A short quotation of unknown input for a message; never throws and never grows with the input. */
export function quote(input: unknown): string {
  if (typeof input === "string") return JSON.stringify(input.length > 64 ? `${input.slice(0, 64)}…` : input);
  if (typeof input === "bigint") {
    const digits = BigInt.asIntN(256, input) === input ? String(input) : undefined;
    return digits ?? "an integer of more than 256 bits";
  }
  if (typeof input === "object" && input !== null) return Array.isArray(input) ? "a list" : "an object";
  return typeof input === "function" ? "a function" : String(input);
}
