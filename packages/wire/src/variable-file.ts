import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Dependency, maxPayloadDepth, type VariableExport } from "@trimtab/core";
import { fromWireDependency, toWireDependency } from "./dependency.ts";
import { type VariableFile, VariableFileSchema } from "./gen/trimtab/v1/transfer_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireVariable, toWireVariable } from "./variable.ts";
import { fromWireVersion, toWireVersion } from "./variable-version.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Version of the layout that is written; every version up to it is read. */
export const variableFileVersion = 1;

const fileFormat = "trimtab-variables";

/** How deep messages in a file may be nested: each level of a value takes up to three, and what surrounds it a few. */
export const variableFileDepth = 3 * maxPayloadDepth + 16;

/** Writes variables as a file in protobuf. */
export const encodeVariableFile = (data: VariableExport): Uint8Array<ArrayBuffer> =>
  toBinary(VariableFileSchema, toWireVariableFile(data));

/** Puts variables on the wire as the message that a file of them is; its parts must not be written to. */
export function toWireVariableFile(data: VariableExport): VariableFile {
  const names = new Map(data.variables.map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? "";
  return {
    $typeName: "trimtab.v1.VariableFile",
    format: fileFormat,
    version: variableFileVersion,
    exportedAt: toTimestamp(data.exportedAtMs),
    sessionId: data.session,
    revision: toUint64(data.revision),
    variables: data.variables.map(toWireVariable),
    dependencies: data.dependencies.map((each) =>
      toWireDependency({
        ...each,
        variableName: nameOf(each.variable),
        dependsOnName: nameOf(each.dependsOn),
        depth: 0,
      }),
    ),
    history: Object.fromEntries(
      Array.from(data.history, ([id, versions]) => [
        id,
        { $typeName: "trimtab.v1.VariableVersions" as const, versions: versions.map(toWireVersion) },
      ]),
    ),
  };
}

/**
 * Reads a file of variables in protobuf.
 *
 * @throws StoreError `invalid_argument` for what is no such file or of a later layout, and naming the part that is absent,
 *   out of range or no value
 */
export const decodeVariableFile = (bytes: Uint8Array): VariableExport => fromWireVariableFile(parseFile(bytes));

/**
 * Reads the message that a file of variables holds.
 *
 * @throws StoreError `invalid_argument` for one of another format or a later layout, and naming the part that is absent,
 *   out of range or no value
 */
export function fromWireVariableFile(file: VariableFile): VariableExport {
  if (file.format !== fileFormat) throw refuseMessage("data", "is no file of variables", file.format);
  if (file.version < 1 || file.version > variableFileVersion) {
    const problem = `has layout ${file.version}, at most ${variableFileVersion} is read`;
    throw refuseMessage("data", problem, file.version, variableFileVersion);
  }
  return {
    session: file.sessionId,
    revision: fromUint64(file.revision, "data.revision"),
    exportedAtMs: fromTimestamp(file.exportedAt, "data.exported_at"),
    variables: file.variables.map((each, index) => fromWireVariable(each, `data.variables[${index}]`)),
    dependencies: file.dependencies.map((each, index) =>
      withoutNames(fromWireDependency(each, `data.dependencies[${index}]`)),
    ),
    history: new Map(
      Object.entries(file.history).map(([id, { versions }]) => [
        id,
        versions.map((each, index) => fromWireVersion(each, `data.history.${id}[${index}]`)),
      ]),
    ),
  };
}

function parseFile(bytes: Uint8Array): VariableFile {
  try {
    return fromBinary(VariableFileSchema, bytes, { recursionLimit: variableFileDepth });
  } catch (error) {
    throw refuseMessage("data", `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A dependency as a session holds it. */
function withoutNames({ variable, dependsOn, kind, metadata, createdAtMs, revision }: Dependency): Dependency {
  return { variable, dependsOn, kind, metadata, createdAtMs, revision };
}
