import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { checks, isLogError, joined, LogError } from "@trimtab/log";
import { checkSealingKeys, type SealingKey } from "./sealing-key.ts";

/** What a sealer works with. */
export interface SealerOptions {
  /** The first one seals, all of them open: a new key is put first, and an old one taken away once nothing needs it. */
  readonly keys: readonly [SealingKey, ...SealingKey[]];
  /** Take bytes that nobody has sealed, as they were written before there was a key. Whoever can write them is believed. */
  readonly acceptPlain?: boolean;
}

/** Encrypts bytes so that nobody without the key can read them, change them, or put them in another place. */
export interface Sealer {
  /** Seals bytes for a place, which is needed to open them again. */
  seal(bytes: Uint8Array, place: string): Uint8Array;
  /** Seals parts that belong one after the other, as {@link seal} does the whole; gives what is sealed in parts, too. */
  sealParts(parts: readonly Uint8Array[], place: string): readonly Uint8Array[];
  /**
   * Opens what was sealed for a place.
   *
   * @throws LogError `damaged` where it was not sealed for that place, or has changed since; `unsupported` where the key is
   *   not known, which `details.key` names, or the form is newer
   */
  open(sealed: Uint8Array, place: string): Uint8Array;
}

/** No stored message begins so: as a tag of protobuf it has a kind that none of them has. */
const mark = 0xe5;
const form = 1;
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

/** Messages under one derived key; far below what AES-GCM bears, and the counter never comes near its end. */
const messagesPerSalt = 2 ** 32;

const cipherName = "aes-256-gcm";

/** Derived keys that are kept; each process that ever wrote has used at least one. */
const keptKeys = 256;

/**
 * Makes a sealer: AES-256-GCM under a key that is derived (HKDF with SHA-256, RFC 5869) from the given one and a random
 * salt of the sealer's own, so that a counter serves as the nonce (NIST SP 800-38D, 8.2.1) and never repeats under one key.
 * What is sealed is bound to its place and to the key's id.
 *
 * @throws RangeError for options of another kind, and for keys that could not open what they have sealed
 */
export function createSealer(options: SealerOptions): Sealer {
  // Keys are looked at where nothing of them is repeated.
  checks.options("options", options, { keys: () => {}, acceptPlain: checks.flag });
  const { acceptPlain = false } = options;
  const keys = checkSealingKeys(options.keys);
  const byId = new Map(keys.map((key) => [key.id, key]));
  const derive = createDerivation();
  const [current] = keys;
  let salt = randomBytes(saltBytes);
  let count = 0;

  const nextHead = (): Buffer => {
    if (count === messagesPerSalt) {
      salt = randomBytes(saltBytes);
      count = 0;
    }
    const nonce = Buffer.alloc(nonceBytes);
    nonce.writeUInt32BE(count++, nonceBytes - 4);
    const id = Buffer.from(current.id, "ascii");
    return Buffer.concat([Buffer.from([mark, form, id.byteLength]), id, salt, nonce]);
  };

  const sealParts = (parts: readonly Uint8Array[], place: string): readonly Uint8Array[] => {
    checks.text("place", place);
    const head = nextHead();
    const cipher = createCipheriv(cipherName, derive(current, salt), head.subarray(-nonceBytes));
    cipher.setAAD(Buffer.concat([head, Buffer.from(place)]));
    const body = parts.map((part) => cipher.update(part));
    return [head, ...body, cipher.final(), cipher.getAuthTag()];
  };

  return {
    seal: (bytes, place) => joined(sealParts([checks.array("bytes", bytes)], place)),
    sealParts: (parts, place) => sealParts(checks.parts("parts", parts), place),
    open(sealed, place) {
      checks.array("sealed", sealed);
      checks.text("place", place);
      if (!isSealed(sealed)) {
        if (acceptPlain) return sealed;
        throw new LogError("damaged", "what is stored was not sealed, and what is in the clear is not accepted", {
          place,
        });
      }
      const { id, head, body, tag } = takeApart(sealed, place);
      const key = byId.get(id);
      if (key === undefined) throw missingKey(id, { place });
      const decipher = createDecipheriv(
        cipherName,
        derive(key, head.subarray(-saltBytes - nonceBytes, -nonceBytes)),
        head.subarray(-nonceBytes),
      );
      decipher.setAAD(Buffer.concat([head, Buffer.from(place)])).setAuthTag(tag);
      try {
        const { buffer, byteOffset, byteLength } = decipher.update(body);
        // A cipher of streams keeps nothing back: this is where it is found out whether it is authentic.
        decipher.final();
        return new Uint8Array(buffer, byteOffset, byteLength);
      } catch {
        // Node says no more than that it is not authentic, and there is no more to say.
        const message = `what is stored is not what was sealed here with key ${id}, or that key is another one now`;
        throw new LogError("damaged", message, { place });
      }
    },
  };
}

const missingKey = (key: string, at: { readonly place?: string }): LogError => {
  const message = `what is stored was sealed with key ${key}, which is missing: give it behind the first`;
  return new LogError("unsupported", message, { ...at, key });
};

/** Gives why bytes cannot be read without any key: that they are sealed, and with which; `undefined` where they are not. */
export function refuseSealed(bytes: Uint8Array, at: { readonly place?: string } = {}): LogError | undefined {
  if (!isSealed(bytes)) return undefined;
  const id = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", 3, 3 + (bytes[2] ?? 0));
  return missingKey(id, at);
}

/** Has what decodes stored bytes say of those that are sealed still, as they are where there are no keys, which key they need. */
export const unlessSealed = <Data>(decode: (bytes: Uint8Array) => Data) => {
  checks.callable("decode", decode);
  return (bytes: Uint8Array): Data => {
    const refusal = refuseSealed(bytes);
    if (refusal !== undefined) throw refusal;
    return decode(bytes);
  };
};

/** Makes sure that something can seal and open. */
export const checkSealer = (sealer: Sealer): Sealer => checks.having("sealer", sealer, "seal", "sealParts", "open");

/** Gives why a sealer does not open bytes; `undefined` where it does. */
export function tryToOpen(sealer: Sealer, sealed: Uint8Array, place: string): LogError | undefined {
  try {
    sealer.open(sealed, place);
    return undefined;
  } catch (error) {
    if (isLogError(error)) return error;
    throw error;
  }
}

/** Whether bytes are such as a sealer gives, as far as can be told without a key. */
export const isSealed = (bytes: Uint8Array): boolean => bytes[0] === mark;

/** Deriving a key costs more than sealing with it, so that those of the last salts are kept. */
function createDerivation() {
  const known = new Map<string, Uint8Array>();
  return ({ id, secret }: SealingKey, salt: Uint8Array): Uint8Array => {
    const name = `${id}/${Buffer.from(salt).toString("base64")}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const derived = new Uint8Array(hkdfSync("sha256", secret, salt, "trimtab log at rest", secret.byteLength));
    for (const oldest of known.keys()) {
      if (known.size < keptKeys) break;
      known.delete(oldest);
    }
    known.set(name, derived);
    return derived;
  };
}

function takeApart(sealed: Uint8Array, place: string) {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes[1] !== form) {
    throw new LogError("unsupported", `what is stored is sealed in form ${bytes[1] ?? 0}; ${form} is known`, { place });
  }
  const headEnd = 3 + (bytes[2] ?? 0) + saltBytes + nonceBytes;
  if (bytes.byteLength < headEnd + tagBytes) throw new LogError("damaged", "what is stored is cut short", { place });
  return {
    id: bytes.toString("latin1", 3, headEnd - saltBytes - nonceBytes),
    head: bytes.subarray(0, headEnd),
    body: bytes.subarray(headEnd, -tagBytes),
    tag: bytes.subarray(-tagBytes),
  };
}
