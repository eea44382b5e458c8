import { malformed } from "../malformed.ts";

/**
 * Puts an entry of a variable's `optimization_history`, which is one update of its value, as a version that `history` would hold: who made it
 * is the optimizer, and its metrics are in the metadata.
 *
 * @throws StoreError `invalid_argument` for what is no entry
 */
export function entryAsVersion(entry: unknown, version: number, path: string): object {
  if (!isRecord(entry)) throw malformed(path, "must be named values");
  const { timestamp, value, optimizer_id: optimizer, metrics, metadata = {}, ...others } = entry;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw malformed(path, `has the unknown field ${JSON.stringify(unknown)}`);
  if (typeof timestamp !== "string" || Number.isNaN(Date.parse(timestamp))) {
    throw malformed(`${path}.timestamp`, "must be a time, as ISO 8601 writes it");
  }
  if (!isRecord(metadata)) throw malformed(`${path}.metadata`, "must be named values");
  const by = typeof optimizer === "string" && optimizer !== "" ? optimizer : undefined;
  return {
    version,
    value,
    updated_at: timestamp,
    ...(by !== undefined && { updated_by: by }),
    metadata: {
      ...metadata,
      ...(by !== undefined && { optimizer_id: by }),
      ...(isRecord(metrics) && { metrics }),
    },
  };
}

const isRecord = (plain: unknown): plain is { readonly [key: string]: unknown } =>
  typeof plain === "object" && plain !== null && !Array.isArray(plain);
