import { type Caller, type CertificateNames, toCaller } from "./caller.ts";
import type { PrincipalEntry } from "./principals-file.ts";
import { createRevocable, type Revocable } from "./revocable.ts";
import { isToken, type StoredToken, tokenId } from "./token.ts";

/** The principals of a file, found by what callers show. */
export interface PrincipalTable {
  /** Takes the place of all entries. One whose line is gone is revoked at once; one whose line is still there is the same. */
  replace(entries: readonly PrincipalEntry[]): void;
  /** Whose token this is; `undefined` for one that is not known, or no longer. */
  byToken(secret: string): Caller | undefined;
  /** Whose certificate this is, by the first of its names that is known. */
  byCertificate(names: CertificateNames): Caller | undefined;
}

interface Known {
  readonly entry: PrincipalEntry;
  caller: Caller;
  revocable: Revocable;
}

/** Makes an empty table. */
export function createPrincipalTable(): PrincipalTable {
  let byLine = new Map<string, Known>();
  let tokens = new Map<string, { token: StoredToken; known: Known }>();
  let certificates = new Map<string, Known>();
  const holding = (known: Known | undefined): Caller | undefined => {
    if (known === undefined || known.revocable.holds()) return known?.caller;
    // Its time may have been up by a clock that was set back since.
    const anew = know(known.entry);
    if (!anew.revocable.holds()) return undefined;
    // By a clock that has been set back since its time was up, and is not any more.
    return Object.assign(known, anew).caller;
  };
  return {
    replace(entries) {
      const before = byLine;
      byLine = new Map();
      tokens = new Map();
      certificates = new Map();
      for (const entry of entries) {
        const known = before.get(entry.line) ?? know(entry);
        byLine.set(entry.line, known);
        const { proof } = entry;
        if (proof.kind === "token") tokens.set(proof.token.id, { token: proof.token, known });
        else certificates.set(proof.name, known);
      }
      for (const [line, { revocable }] of before) if (!byLine.has(line)) revocable.revoke();
    },
    byToken(secret) {
      const found = tokens.get(tokenId(secret) ?? "");
      return found !== undefined && isToken(secret, found.token) ? holding(found.known) : undefined;
    },
    byCertificate: ({ commonName, alternativeNames }) =>
      [...alternativeNames, ...(commonName === "" ? [] : [`CN:${commonName}`])]
        .map((name) => holding(certificates.get(name)))
        .find((caller) => caller !== undefined),
  };
}

function know(entry: PrincipalEntry): Known {
  const revocable = createRevocable(entry.expiresAtMs);
  return { entry, revocable, caller: toCaller(entry.principal, revocable) };
}
