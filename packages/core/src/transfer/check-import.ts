import { checkChoice, checkName, checkRange, checkText, checkTime } from "../check-argument.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import { checkSpec } from "../decide-register.ts";
import { readExpression, unknownDerivation } from "../derivation/check-derivation.ts";
import { encodeValue, unknownType } from "../encode-value.ts";
import { constraintsWithin } from "../find-variable.ts";
import type { VariableVersion } from "../history/session-history.ts";
import { origins } from "../origin.ts";
import { parseMetadata } from "../parse-metadata.ts";
import type { Parsed } from "../parse-value.ts";
import { fromPayload } from "../payload.ts";
import { saysSensitive } from "../sensitivity.ts";
import type { Refusal } from "../store-error.ts";
import type { Variable } from "../variable.ts";
import { parseVersions } from "./parse-versions.ts";

/** An imported variable and its past, as they may be stored. */
export interface CheckedImport {
  readonly variable: Variable;
  readonly versions: readonly VariableVersion[];
}

/** So far from what a number can tell apart that no variable is ever written until there. */
const versionLimits = { min: 0, max: 2 ** 52 };

/**
 * Holds an imported variable and its past against everything that a registration, and writes since, would be held against.
 *
 * @param present - what has its name already, whose value is told as little as the imported one's where it is sensitive
 */
export function checkImport(
  { variable, versions = [] }: CommandOf<"import-variable">,
  present: Variable | undefined,
  context: DecideContext,
): Parsed<CheckedImport> {
  const { limits } = context;
  const wrong =
    checkName(variable.name, "name", limits.nameLength) ??
    checkSpec(variable, limits) ??
    checkRange(variable.version, "version", versionLimits) ??
    checkTime(variable.createdAtMs, "createdAtMs") ??
    checkTime(variable.updatedAtMs, "updatedAtMs") ??
    checkText(variable.updatedBy, "updatedBy", limits.nameLength) ??
    checkChoice(variable.origin, "origin", origins) ??
    checkDerivationForm(variable, context);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const type = context.types.get(variable.type);
  if (type === undefined) return { kind: "refused", refusal: unknownType(variable.type) };
  const constraints = constraintsWithin(type, variable.constraints, limits.constraintsBytes);
  if (constraints.kind === "refused") return constraints;
  const metadata = parseMetadata(variable.metadata, "metadata", limits);
  if (metadata.kind === "refused") return metadata;
  const sensitive = saysSensitive(variable) || (present !== undefined && saysSensitive(present));
  const payload = encodeValue({ ...variable, constraints: constraints.value, sensitive }, variable.value, context);
  if (payload.kind === "refused") return payload;
  const past = parseVersions(versions, variable, { type, limits });
  if (past.kind === "refused") return past;
  const checked = { constraints: constraints.value, metadata: metadata.value, payload: payload.value };
  const stored = { ...variable, ...checked, value: fromPayload(payload.value) };
  return { kind: "parsed", value: { variable: stored, versions: past.value } };
}

/** What an expression speaks of may come later, and a function be known elsewhere; how it is put may not be wrong. */
function checkDerivationForm({ derivation }: Variable, context: DecideContext): Refusal | undefined {
  const { nameLength, expressionLength } = context.limits;
  if (derivation === undefined) return undefined;
  if (derivation.kind === "function" && typeof derivation.name === "string")
    return checkText(derivation.name, "derivation", nameLength);
  if (derivation.kind === "expression") {
    if (context.compile === undefined) return checkText(derivation.expression, "derivation", expressionLength);
    const read = readExpression(derivation.expression, { field: "derivation", isCondition: false }, context);
    return read.kind === "refused" ? read.refusal : undefined;
  }
  return unknownDerivation();
}
