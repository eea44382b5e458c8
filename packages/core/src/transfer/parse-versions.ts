import { checkChoice, checkList, checkRange, checkText, checkTime, checkWhole, tooLarge } from "../check-argument.ts";
import type { VariableVersion } from "../history/session-history.ts";
import type { Limits } from "../limits.ts";
import { origins } from "../origin.ts";
import { parseMetadata } from "../parse-metadata.ts";
import type { Parsed } from "../parse-value.ts";
import { fromPayload, type Payload, payloadSize } from "../payload.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Variable } from "../variable.ts";
import { idLengthBeside } from "../variable-id.ts";
import type { AnyVariableType } from "../variable-type.ts";

/** What versions are held against. */
interface VersionBounds {
  readonly type: AnyVariableType;
  readonly limits: Limits;
}

/**
 * Takes the versions of an imported variable: copies of them, or a refusal by name. They go up to the variable's own, and are
 * values of its type, so that it can be rolled back to any.
 */
export function parseVersions(
  versions: readonly VariableVersion[],
  { name, version: last }: Variable,
  bounds: VersionBounds,
): Parsed<readonly VariableVersion[]> {
  const parsed: VariableVersion[] = [];
  let least = 0;
  for (const version of versions) {
    const at = `history[${parsed.length}]`;
    const wrong =
      checkRange(version.version, "version", { min: least, max: last }) ??
      checkSurroundings(version, at, bounds.limits);
    if (wrong !== undefined) return { kind: "refused", refusal: wrong };
    least = version.version + 1;
    const metadata = parseMetadata(version.metadata, `${at}.metadata`, bounds.limits);
    if (metadata.kind === "refused") return metadata;
    const payload = parsePast(version, name, bounds);
    if (payload?.kind === "refused") return payload;
    const { payload: _, value: __, ...rest } = version;
    const held = payload && { payload: payload.value, value: fromPayload(payload.value) };
    parsed.push({ ...rest, metadata: metadata.value, ...held });
  }
  return { kind: "parsed", value: parsed };
}

function checkSurroundings(version: VariableVersion, at: string, { nameLength }: Limits): Refusal | undefined {
  const { updatedAtMs, updatedBy, origin, revision, rolledBackTo, causedBy = [] } = version;
  return (
    checkTime(updatedAtMs, `${at}.updatedAtMs`) ??
    checkText(updatedBy, `${at}.updatedBy`, nameLength) ??
    checkChoice(origin, `${at}.origin`, origins) ??
    checkWhole(revision, `${at}.revision`, 0) ??
    (rolledBackTo === undefined ? undefined : checkWhole(rolledBackTo, `${at}.rolledBackTo`, 0)) ??
    checkList(causedBy, `${at}.causedBy`) ??
    causedBy
      .map((id, index) => checkText(id, `${at}.causedBy[${index}]`, nameLength + idLengthBeside))
      .find((wrong) => wrong !== undefined)
  );
}

/** The value of a version in memory of its own, where there is one. */
function parsePast(
  { version, payload }: VariableVersion,
  name: string,
  { type, limits }: VersionBounds,
): Parsed<Payload> | undefined {
  if (payload === undefined) return undefined;
  try {
    const copy = type.encode(type.decode(payload));
    const size = payloadSize(copy);
    if (size > limits.valueBytes) return { kind: "refused", refusal: tooLarge(name, size, limits.valueBytes) };
    return { kind: "parsed", value: copy };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `${name}: version ${version} has no value of type ${type.name}`;
    return { kind: "refused", refusal: refusal("validation_failed", message, { field: name, type: type.name }) };
  }
}
