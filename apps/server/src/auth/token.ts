import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * A bearer token as it is kept: `id:hash`. The id is part of the token and no secret; the hash is the SHA-256 of all of it.
 * A token holds 256 random bits, so that its hash can be neither guessed nor tried out, and needs no slow function.
 */
export interface StoredToken {
  readonly id: string;
  readonly hash: Buffer;
}

const prefix = "trimtab";
const tokenForm = /^trimtab_([A-Za-z0-9-]{1,64})_[A-Za-z0-9_-]{43}$/;
const storedForm = /^([A-Za-z0-9-]{1,64}):([0-9a-f]{64})$/;

/** Makes a new token: the secret that is given to its holder, and what the server keeps. */
export function createToken(): { readonly secret: string; readonly stored: string } {
  const id = randomBytes(6).toString("hex");
  const secret = `${prefix}_${id}_${randomBytes(32).toString("base64url")}`;
  return { secret, stored: `${id}:${hashOf(secret).toString("hex")}` };
}

/** Reads a token as it is kept; `undefined` where it is none. */
export function parseStored(text: string): StoredToken | undefined {
  const [, id, hash] = storedForm.exec(text) ?? [];
  return id === undefined || hash === undefined ? undefined : { id, hash: Buffer.from(hash, "hex") };
}

/** The part of a token that says which one it is; `undefined` for text that is no token. */
export const tokenId = (secret: string): string | undefined => tokenForm.exec(secret)?.[1];

/** Says whether a secret is the token that is kept, in a time that does not depend on where they differ. */
export const isToken = (secret: string, { hash }: StoredToken): boolean => timingSafeEqual(hashOf(secret), hash);

const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();
