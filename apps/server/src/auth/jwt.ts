import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Principal } from "@trimtab/core";
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import * as z from "zod";
import { withoutByteOrderMark } from "../byte-order-mark.ts";
import type { Caller } from "./caller.ts";
import { createRemoteKeys } from "./remote-keys.ts";
import { createRevocable, type Revocable } from "./revocable.ts";

/** Which JSON Web Tokens are taken, and what is read from them. */
export interface JwtOptions {
  /** Where the keys are: a URL or a file with a JWK set, or a file with one public key in PEM. */
  readonly keys: string;
  readonly issuer: string;
  readonly audience: string;
  /** Names of the claims that say who it is, which sessions it may act as, its roles and its attributes. */
  readonly claims: {
    readonly principal: string;
    readonly sessions: string;
    readonly roles: string;
    readonly attributes: string;
  };
}

/** Reads JSON Web Tokens (RFC 7519) of one issuer. */
export interface JwtReader {
  /** Whose token this is where it was read before and still holds. */
  known(token: string): Caller | undefined;
  /** Whose token this is; rejects with whatever is wrong with it, with `unavailable` where no keys can be had to check it by. */
  read(token: string): Promise<Caller>;
  /** Reads the keys anew; tokens are checked again, and what runs on those read before ends. */
  reload(): void;
}

/** Only signatures that whoever checks them could not have made (RFC 8725, section 3.1 and 3.2). */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Clocks of two machines differ by so much, in seconds. */
const clockTolerance = 5;

/** Tokens and principals that are remembered, so that a signature is checked once and not with each call. */
const mostRemembered = 10_000;

type Verify = (token: string) => Promise<JWTPayload>;

/**
 * Makes a reader of tokens. Keys at a URL that cannot be fetched are told to `onError`.
 *
 * @throws where the keys are in a file that cannot be read, or holds none, or private ones
 */
export function createJwtReader(options: JwtOptions, onError: (error: unknown) => void): JwtReader {
  let verify = createVerify(options, onError);
  let generation = new AbortController();
  const callers = new Map<string, Caller>();
  const principals = new Map<string, Principal>();
  const holding = (digest: string): Caller | undefined => {
    const known = callers.get(digest);
    return known?.holds() ? known : undefined;
  };
  return {
    known: (token) => holding(digestOf(token)),
    async read(token) {
      const digest = digestOf(token);
      const known = holding(digest);
      if (known !== undefined) return known;
      const { signal } = generation;
      const payload = await verify(token);
      // What runs on one principal shares what is prepared for it, so there is one object for it.
      const principal = toPrincipal(payload, options);
      const shared = remember(principals, JSON.stringify(principal), principal);
      const expiry = createRevocable((payload.exp ?? 0) * 1000 + clockTolerance * 1000);
      callers.delete(digest);
      return remember(callers, digest, callerBy(shared, expiry, signal));
    },
    reload() {
      verify = createVerify(options, onError);
      generation.abort();
      generation = new AbortController();
      callers.clear();
    },
  };
}

/** The caller whose token was checked by keys that are taken until a signal aborts. */
function callerBy(principal: Principal, expiry: Revocable, keysGone: AbortSignal): Caller {
  let revoked: AbortSignal | undefined;
  return {
    principal,
    holds: () => expiry.holds() && !keysGone.aborted,
    get revoked() {
      revoked ??= AbortSignal.any([keysGone, expiry.signal]);
      return revoked;
    },
  };
}

const digestOf = (token: string): string => createHash("sha256").update(token).digest("base64");

/** Gives what is there under the key, or puts this there; the oldest makes room. */
function remember<T>(map: Map<string, T>, key: string, value: T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const [oldest] = map.keys();
  if (map.size >= mostRemembered && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
  return value;
}

function createVerify({ keys, issuer, audience }: JwtOptions, onError: (error: unknown) => void): Verify {
  const rules: JWTVerifyOptions = { issuer, audience, algorithms, clockTolerance, requiredClaims: ["exp"] };
  if (/^https?:\/\//.test(keys)) {
    const remote = createRemoteKeys(keys, onError);
    return async (token) => (await jwtVerify(token, remote, rules)).payload;
  }
  const text = readFileSync(keys, "utf8");
  if (text.includes("-----BEGIN")) {
    refusePrivate(/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text));
    const key: KeyObject = createPublicKey(text);
    return async (token) => (await jwtVerify(token, key, rules)).payload;
  }
  const set: JSONWebKeySet = JSON.parse(withoutByteOrderMark(text));
  const local = createLocalJWKSet(set);
  refusePrivate(set.keys.some((key) => key.d !== undefined));
  return async (token) => (await jwtVerify(token, local, rules)).payload;
}

/** Refuses keys that tokens can be made with: whoever reads them lets in whom they like. */
function refusePrivate(isPrivate: boolean): void {
  if (isPrivate) throw new Error("holds a private key, where tokens are checked by public ones");
}

const names = z.union([z.array(z.string().min(1)), z.string().transform((text) => text.split(" ").filter(Boolean))]);
const attributesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

function toPrincipal(payload: JWTPayload, { claims }: JwtOptions): Principal {
  const roles = names.optional().parse(payload[claims.roles]);
  const attributes = attributesSchema.optional().parse(payload[claims.attributes]);
  return {
    id: z.string().min(1).max(255).parse(payload[claims.principal]),
    sessions: names.refine((list) => list.length > 0).parse(payload[claims.sessions]),
    ...(attributes !== undefined && { attributes }),
    ...(roles !== undefined && { roles }),
  };
}
