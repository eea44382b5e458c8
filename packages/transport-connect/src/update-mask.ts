import type { FieldMask } from "@bufbuild/protobuf/wkt";
import { storeError } from "@trimtab/core";

/**
 * Reads which fields an update replaces.
 *
 * @throws StoreError `invalid_argument` naming `update_mask`, where it is absent or names a field that cannot be replaced
 */
export function readUpdateMask<F extends string>(mask: FieldMask | undefined, fields: readonly F[]): ReadonlySet<F> {
  const choices = fields.join(", ");
  if (mask === undefined) {
    throw storeError("invalid_argument", `update_mask is required: name what to replace of ${choices}`, {
      field: "update_mask",
    });
  }
  const unknown = mask.paths.find((path) => !(fields as readonly string[]).includes(path));
  if (unknown === undefined) return new Set(mask.paths as F[]);
  throw storeError("invalid_argument", `update_mask names "${unknown}", which is none of ${choices}`, {
    field: "update_mask",
    value: unknown,
  });
}
