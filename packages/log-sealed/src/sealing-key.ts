/** A key, and what it is called where something was sealed with it. */
export interface SealingKey {
  /** 1 to 32 letters, digits, `_`, `.` and `-`. Stored beside what is sealed; never a secret. */
  readonly id: string;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
}

/** Bytes of a key. */
const keyBytes = 32;

const pattern = /^([A-Za-z0-9_.-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Reads keys from text: `id:key`, several with commas between them, each key 32 bytes in Base64. The first one seals, all
 * of them open.
 *
 * @throws RangeError for anything else; the message never repeats what was given
 */
export function parseSealingKeys(text: string): readonly [SealingKey, ...SealingKey[]] {
  const keys = text.split(",").map((part, index) => {
    const [, id, encoded] = pattern.exec(part.trim()) ?? [];
    const secret = encoded === undefined ? undefined : new Uint8Array(Buffer.from(encoded, "base64"));
    if (id !== undefined && secret?.byteLength === keyBytes) return { id, secret };
    throw new RangeError(`key ${index + 1} must be id:key, the key ${keyBytes} bytes in Base64`);
  });
  const [first, ...others] = keys;
  const twice = keys.find(({ id }, index) => keys.findIndex((each) => each.id === id) !== index);
  if (twice !== undefined) throw new RangeError(`two keys are called ${twice.id}`);
  if (first === undefined) throw new RangeError("there must be a key");
  return [first, ...others];
}
