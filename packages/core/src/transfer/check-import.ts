import { checkName, checkRange, checkTime, parseRecord } from "../check-argument.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import { checkSpec } from "../decide-register.ts";
import { readExpression, unknownDerivation } from "../derivation/check-derivation.ts";
import { encodeValue, unknownType } from "../encode-value.ts";
import { constraintsWithin } from "../find-variable.ts";
import type { VariableVersion } from "../history/session-history.ts";
import type { Parsed } from "../parse-value.ts";
import { fromPayload } from "../payload.ts";
import { saysSensitive } from "../sensitivity.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Variable } from "../variable.ts";
import type { AnyVariableType } from "../variable-type.ts";

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
): Parsed<Variable> {
  const { limits } = context;
  const wrong =
    checkName(variable.name, "name", limits.nameLength) ??
    checkSpec(variable, limits) ??
    checkRange(variable.version, "version", versionLimits) ??
    checkTime(variable.createdAtMs, "createdAtMs") ??
    checkTime(variable.updatedAtMs, "updatedAtMs") ??
    checkDerivationForm(variable, context);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const type = context.types.get(variable.type);
  if (type === undefined) return { kind: "refused", refusal: unknownType(variable.type) };
  const constraints = constraintsWithin(type, variable.constraints, limits.constraintsBytes);
  if (constraints.kind === "refused") return constraints;
  const metadata = parseRecord(variable.metadata, "metadata", limits.metadataBytes);
  if (metadata.kind === "refused") return metadata;
  const sensitive = saysSensitive(variable) || (present !== undefined && saysSensitive(present));
  const payload = encodeValue({ ...variable, constraints: constraints.value, sensitive }, variable.value, context);
  if (payload.kind === "refused") return payload;
  const past = checkVersions(versions, variable, type);
  if (past !== undefined) return { kind: "refused", refusal: past };
  const checked = { constraints: constraints.value, metadata: metadata.value, payload: payload.value };
  return { kind: "parsed", value: { ...variable, ...checked, value: fromPayload(payload.value) } };
}

/** What an expression speaks of may come later, and a function be known elsewhere; how it is put may not be wrong. */
function checkDerivationForm({ derivation }: Variable, context: DecideContext): Refusal | undefined {
  if (derivation === undefined || (derivation.kind === "function" && typeof derivation.name === "string"))
    return undefined;
  if (derivation.kind === "expression") {
    if (context.compile === undefined) return undefined;
    const read = readExpression(derivation.expression, { field: "derivation", isCondition: false }, context);
    return read.kind === "refused" ? read.refusal : undefined;
  }
  return unknownDerivation();
}

/** Versions go up to the variable's own, and are values of its type, so that it can be rolled back to any. */
function checkVersions(
  versions: readonly VariableVersion[],
  { name, version: last }: Variable,
  type: AnyVariableType,
): Refusal | undefined {
  let least = 0;
  for (const { version, payload } of versions) {
    const wrong = checkRange(version, "version", { min: least, max: last });
    if (wrong !== undefined) return wrong;
    least = version + 1;
    if (payload === undefined) continue;
    try {
      type.decode(payload);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const message = `${name}: version ${version} has no value of type ${type.name}`;
      return refusal("validation_failed", message, { field: name, type: type.name });
    }
  }
  return undefined;
}
