/** A key, and what it is called where something was sealed with it. */
export interface SealingKey {
  /** 1 to 32 letters, digits, `_`, `.` and `-`. Stored beside what is sealed; never a secret. */
  readonly id: string;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
}

/** Bytes of a key. */
const keyBytes = 32;

const idForm = /^[A-Za-z0-9_.-]{1,32}$/;
const secretForm = /^[A-Za-z0-9+/]{43}=$/;

/**
 * Reads keys from text: `id:key`, several with commas between them, each key 32 bytes in Base64. The first one seals, all
 * of them open.
 *
 * @throws RangeError for anything else; the message never repeats what was given
 */
export function parseSealingKeys(text: string): readonly [SealingKey, ...SealingKey[]] {
  if (typeof text !== "string") throw new RangeError(`keys must be text, got ${typeof text}`);
  const keys = text.split(",").map((part, index) => {
    const [id = "", encoded = "", ...more] = part.trim().split(":");
    if (more.length === 0 && idForm.test(id) && secretForm.test(encoded))
      return { id, secret: new Uint8Array(Buffer.from(encoded, "base64")) };
    throw new RangeError(`key ${index + 1} must be id:key, the key ${keyBytes} bytes in Base64`);
  });
  return checkSealingKeys(keys);
}

/**
 * Refuses keys that could not open what they have sealed.
 *
 * @throws RangeError that never repeats what was given
 */
export function checkSealingKeys(keys: readonly SealingKey[]): readonly [SealingKey, ...SealingKey[]] {
  if (!Array.isArray(keys)) throw new RangeError(`keys must be a list, got ${typeof keys}`);
  for (const [index, key] of (keys as readonly (Partial<SealingKey> | null | undefined)[]).entries()) {
    if (typeof key?.id !== "string" || !idForm.test(key.id))
      throw new RangeError(`keys[${index}].id must be 1 to 32 letters, digits, "_", "." and "-"`);
    const { secret } = key;
    if (!(secret instanceof Uint8Array) || secret.byteLength !== keyBytes)
      throw new RangeError(`keys[${index}].secret must be ${keyBytes} bytes, got ${sizeOf(secret)}`);
  }
  const [first, ...others] = keys as readonly SealingKey[];
  const twice = keys.find(({ id }, index) => keys.findIndex((each) => each.id === id) !== index);
  if (twice !== undefined) throw new RangeError(`two keys are called ${twice.id}`);
  if (first === undefined) throw new RangeError("keys must hold a key, got none");
  return [first, ...others];
}

const sizeOf = (secret: unknown): string | number => (secret instanceof Uint8Array ? secret.byteLength : typeof secret);
