import { type Session, type Store, storeError, type WriteOptions } from "@trimtab/core";
import { type NamedDeclaration, typeMismatch } from "./declarations.ts";

/** How the session and its variables come to be. */
export interface ProvisionOptions {
  /** Whether the session is created where it does not exist; `true` unless given. */
  readonly create?: boolean;
  /** Milliseconds without access after which a session that is created expires; an hour unless the store says otherwise. */
  readonly ttlMs?: number;
  /** Metadata of a session that is created. */
  readonly metadata?: NonNullable<WriteOptions["metadata"]>;
  /** Who is answerable for what is created and written. */
  readonly actor?: string;
}

/** What {@link provision} found or made. */
export interface Provisioned {
  readonly session: Session;
  /** Names of declared variables that the session does not have. */
  readonly absent: ReadonlySet<string>;
}

/**
 * Ensures that a session exists and has every declared variable that comes with a default, in one commit for all that
 * lack. What exists is left as it is.
 *
 * Rejects with `invalid_type` where a variable has another type than declared, with `invalid_argument` for an id in place
 * of a name, and with what the store says.
 */
export async function provision(
  store: Store,
  id: string,
  declared: readonly NamedDeclaration[],
  options: ProvisionOptions,
): Promise<Provisioned> {
  const session = await ensureSession(store, id, options);
  if (declared.length === 0) return { session, absent: new Set() };
  const { found, missing } = await store.getVariables(
    id,
    declared.map(({ name }) => name),
  );
  for (const { key, name, declaration } of declared) {
    const variable = found.get(name);
    // A watch tells of variables by their names alone.
    if (variable !== undefined && variable.name !== name) {
      const message = `names.${key}: "${name}" is the id of the variable "${variable.name}", and not its name`;
      throw storeError("invalid_argument", message, { field: `names.${key}`, value: name });
    }
    if (variable !== undefined && variable.type !== declaration.type.name) throw typeMismatch(variable, declaration);
  }
  const absent = new Set(missing);
  const specs = declared.flatMap(({ name, spec }) => (spec !== undefined && absent.has(name) ? [spec] : []));
  if (specs.length > 0) {
    await store.registerVariables(id, specs, { ifExists: "keep", ...actorOf(options) });
    for (const { name } of specs) absent.delete(name);
  }
  return { session, absent };
}

function ensureSession(store: Store, id: string, options: ProvisionOptions): Promise<Session> {
  const { create = true, ttlMs, metadata } = options;
  if (!create) return store.getSession(id);
  return store.createSession({
    id,
    ifExists: "keep",
    ...actorOf(options),
    ...(ttlMs !== undefined && { ttlMs }),
    ...(metadata !== undefined && { metadata }),
  });
}

const actorOf = ({ actor }: ProvisionOptions) => actor !== undefined && { actor };

/** The error for declared variables that have no default and do not exist. */
export function missingVariables(session: string, names: Iterable<string>) {
  const list = [...names];
  const quoted = list.map((name) => `"${name}"`).join(", ");
  const message = `session "${session}" has no variable ${quoted}, and the declaration gives no default to register`;
  return storeError("not_found", message, { resource: "variable", id: list.join(", ") });
}
