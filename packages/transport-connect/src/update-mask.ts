import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import { storeError } from "@trimtab/core";

/**
 * Reads which fields an update replaces.
 *
 * @throws StoreError `invalid_argument` naming `updateMask`, where it is absent or names a field that cannot be replaced
 */
export function readUpdateMask<F extends string>(mask: FieldMask | undefined, fields: readonly F[]): ReadonlySet<F> {
  const choices = fields.map(protoCamelCase).join(", ");
  if (mask === undefined) {
    throw storeError("invalid_argument", `updateMask is required: name what to replace of ${choices}`, {
      field: "updateMask",
    });
  }
  const unknown = mask.paths.find((path) => !(fields as readonly string[]).includes(path));
  if (unknown === undefined) return new Set(mask.paths as F[]);
  throw storeError("invalid_argument", `updateMask names "${protoCamelCase(unknown)}", which is none of ${choices}`, {
    field: "updateMask",
    value: unknown,
  });
}
