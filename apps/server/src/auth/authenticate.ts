import { isStoreError, storeError } from "@trimtab/core";
import type { Caller, Credentials } from "./caller.ts";
import type { JwtReader } from "./jwt.ts";
import type { PrincipalTable } from "./principal-table.ts";
import { tokenId } from "./token.ts";

/** What callers are known by. */
export interface AuthenticateMeans {
  readonly principals: PrincipalTable;
  readonly jwt?: JwtReader | undefined;
}

/**
 * Establishes who calls, by a bearer token (RFC 6750) where the call has one, and otherwise by the client's certificate.
 *
 * @throws StoreError `unauthenticated`, which does not tell what is wrong with a token; `unavailable` where it cannot be checked
 */
export function authenticate(
  { authorization, certificate }: Credentials,
  { principals, jwt }: AuthenticateMeans,
): Caller | Promise<Caller> {
  if (authorization !== undefined) {
    const token = tokenIn(authorization);
    if (token === undefined) throw invalid();
    if (tokenId(token) === undefined && jwt !== undefined) {
      return jwt.read(token).catch((error: unknown) => {
        throw isStoreError(error, "unavailable") ? error : invalid();
      });
    }
    const caller = principals.byToken(token);
    if (caller === undefined) throw invalid();
    return caller;
  }
  const caller = certificate && principals.byCertificate(certificate);
  if (caller !== undefined) return caller;
  const how = certificate === undefined ? "no token came with the call" : "the client's certificate is not known";
  throw storeError("unauthenticated", `this server asks who calls: ${how}`, { scheme: "bearer" });
}

/** Gives the caller where that is known without checking a signature; `undefined` otherwise. */
export function recognise(
  { authorization, certificate }: Credentials,
  { principals, jwt }: AuthenticateMeans,
): Caller | undefined {
  if (authorization === undefined) return certificate && principals.byCertificate(certificate);
  const token = tokenIn(authorization);
  return token === undefined ? undefined : (principals.byToken(token) ?? jwt?.known(token));
}

const tokenIn = (authorization: string): string | undefined => /^bearer +(\S+)$/i.exec(authorization)?.[1];

const invalid = () =>
  storeError("unauthenticated", "the token that came with the call is not valid, or no longer", { scheme: "bearer" });
