import type { Principal } from "@trimtab/core";
import * as z from "zod";
import { parseStored, type StoredToken } from "./token.ts";

/** A line of the file of principals: what shows that somebody is this principal. */
export interface PrincipalEntry {
  readonly principal: Principal;
  readonly proof:
    | { readonly kind: "token"; readonly token: StoredToken }
    /** A name of a client's certificate: `CN:worker-1`, `DNS:worker-1` or `URI:spiffe://example/worker`. */
    | { readonly kind: "certificate"; readonly name: string };
  /** From this moment on it shows nothing any more, in milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
  /** The line, by which an entry is known again when the file changes. */
  readonly line: string;
}

const value: z.ZodType<string | number | boolean | null> = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const entry = z.strictObject({
  principal: z.string().min(1).max(255),
  token: z
    .string()
    .refine((text) => parseStored(text) !== undefined, "must be what `trimtab-server token` has printed")
    .optional(),
  certificate: z
    .string()
    .regex(/^(CN|DNS|URI|email):./, "must be a name of a certificate, for instance CN:worker or URI:spiffe://x/y")
    .optional(),
  sessions: z.array(z.string().min(1).max(255)).min(1),
  attributes: z.record(z.string(), value).optional(),
  roles: z.array(z.string().min(1)).optional(),
  expires: z.iso.datetime({ offset: true }).optional(),
});

/** A file of principals that cannot be used. The message names the line and the field and repeats nothing else of it. */
class PrincipalsError extends Error {
  override readonly name = "PrincipalsError";
}

/**
 * Reads a file of principals: JSON objects, one a line; empty lines and lines that begin with `#` say nothing.
 *
 * @throws PrincipalsError for the first line that is wrong
 */
export function parsePrincipals(text: string): PrincipalEntry[] {
  const proofs = new Set<string>();
  return text.split("\n").flatMap((raw, index) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return [];
    const parsed = parseLine(line, index + 1);
    const proof = parsed.proof.kind === "token" ? parsed.proof.token.id : parsed.proof.name;
    if (proofs.has(proof)) throw new PrincipalsError(`line ${index + 1}: what it shows is shown by a line before it`);
    proofs.add(proof);
    return [parsed];
  });
}

function parseLine(line: string, number: number): PrincipalEntry {
  const result = entry.safeParse(parseJson(line, number));
  if (!result.success) {
    const [issue] = result.error.issues;
    // A key that is not known could be a secret, too.
    const message = issue?.code === "unrecognized_keys" ? "has a field that is not known" : issue?.message;
    throw new PrincipalsError(`line ${number}: ${issue?.path.join(".") || "the object"}: ${message}`);
  }
  const { principal: id, token, certificate, sessions, attributes, roles, expires } = result.data;
  const stored = token === undefined ? undefined : parseStored(token);
  const proofs: PrincipalEntry["proof"][] = [];
  if (stored !== undefined) proofs.push({ kind: "token", token: stored });
  if (certificate !== undefined) proofs.push({ kind: "certificate", name: certificate });
  const [proof] = proofs;
  if (proof === undefined || proofs.length > 1) {
    throw new PrincipalsError(`line ${number}: it must have a token or a certificate, and not both`);
  }
  const principal = {
    id,
    sessions,
    ...(attributes !== undefined && { attributes }),
    ...(roles !== undefined && { roles }),
  };
  const expiresAtMs = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
  return { principal, proof, expiresAtMs, line };
}

/** What JSON's own errors quote may be a secret that was pasted where it does not belong. */
function parseJson(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new PrincipalsError(`line ${number}: it is no JSON object`);
  }
}
