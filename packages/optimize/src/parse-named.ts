import { StoreError, storeError } from "@trimtab/core";

/** What makes something of a kind from its settings, which it checks, by name. */
export type Makers<T> = Readonly<Record<string, (settings: Record<string, number>) => T>>;

/**
 * Makes what is named: a name alone, or a record of `name` and `config`, the settings that differ from the usual. There are `others`,
 * too, for the message.
 *
 * @throws StoreError `invalid_argument` naming the field at fault below `field`, the limit and the value
 */
export function parseNamed<T>(field: string, makers: Makers<T>, given: unknown, others: readonly string[] = []): T {
  const { name, config = {} } = readNamed(field, given);
  const make = typeof name === "string" && Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (make === undefined) {
    const got = typeof name === "string" ? JSON.stringify(name) : typeof name;
    const message = `${field}.name must be one of ${[...others, ...Object.keys(makers)].join(", ")}, got ${got}`;
    throw storeError("invalid_argument", message, {
      field: `${field}.name`,
      ...(typeof name === "string" && { value: name }),
    });
  }
  if (!isRecord(config)) {
    throw storeError("invalid_argument", `${field}.config must be settings by name`, { field: `${field}.config` });
  }
  try {
    // What is not a number is refused by what is made, which knows the limits.
    return make(config as Record<string, number>);
  } catch (error) {
    throw error instanceof StoreError ? within(`${field}.config.`, error) : error;
  }
}

function readNamed(field: string, given: unknown): { readonly name?: unknown; readonly config?: unknown } {
  if (typeof given === "string") return { name: given };
  if (!isRecord(given)) {
    throw storeError("invalid_argument", `${field} must be a name, or a name and its config`, { field });
  }
  const unknown = Object.keys(given).find((key) => key !== "name" && key !== "config");
  if (unknown === undefined) return given;
  throw storeError("invalid_argument", `${field}.${unknown} is unknown, there are: name, config`, {
    field: `${field}.${unknown}`,
  });
}

const isRecord = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === "object" && given !== null && !Array.isArray(given);

/** The same refusal, of a field that lies within another. */
function within(path: string, error: StoreError): StoreError {
  const { reason, details } = error.toRefusal();
  if (reason !== "invalid_argument") return error;
  return storeError("invalid_argument", path + error.message, { ...details, field: path + details.field });
}
