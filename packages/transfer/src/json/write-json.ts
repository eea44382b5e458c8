import type { JsonValue } from "@bufbuild/protobuf";

/** Widest line onto which an object or list is put whole. */
const lineWidth = 100;

/**
 * Writes JSON exactly and readably: negative zero keeps its sign, and what is short stays on one line. The entries of
 * maps, which have no order of their own, are sorted by key.
 */
export const writeJson = (value: JsonValue): string => `${write(value, "", false)}\n`;

/** Writes JSON on one line, as {@link writeJson} orders it. */
export const writeCompactJson = (value: JsonValue): string => write(value, undefined, false);

/** Fields of messages that hold maps. A caller's own key of such a name leads to a value, which has but one field. */
const mapFields = new Set(["constraints", "metadata", "entries", "history"]);

function write(value: JsonValue, indent: string | undefined, isMap: boolean): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = indent === undefined ? undefined : `${indent}  `;
  if (Array.isArray(value)) {
    return enclose(
      "[",
      value.map((item) => write(item, inner, false)),
      "]",
      indent,
    );
  }
  const keys = isMap ? Object.keys(value).sort() : Object.keys(value);
  const colon = indent === undefined ? ":" : ": ";
  const fields = keys.map((key) => {
    return JSON.stringify(key) + colon + write(value[key] ?? null, inner, mapFields.has(key));
  });
  return enclose("{", fields, "}", indent);
}

function enclose(open: string, parts: string[], close: string, indent: string | undefined): string {
  if (parts.length === 0) return open + close;
  if (indent === undefined) return open + parts.join(",") + close;
  const padding = open === "{" ? " " : "";
  const length = parts.reduce((sum, part) => sum + part.length + 2, indent.length + 2);
  if (length <= lineWidth && !parts.some((part) => part.includes("\n"))) {
    return open + padding + parts.join(", ") + padding + close;
  }
  return `${open}\n${indent}  ${parts.join(`,\n${indent}  `)}\n${indent}${close}`;
}
