import { type ContextKey, createContextKey } from "@connectrpc/connect";
import type { Principal } from "@trimtab/core";
import type { Revocable } from "./revocable.ts";

/** Who calls, as far as it has been established, and for how long that holds. */
export interface Caller {
  readonly principal: Principal;
  /** Says whether what it called with holds now. */
  holds(): boolean;
  /** Aborts when what it called with holds no longer: it was revoked, or it expired. */
  readonly revoked: AbortSignal;
}

/** Gives the caller who is let in for as long as something holds. */
export const toCaller = (principal: Principal, revocable: Revocable): Caller => ({
  principal,
  holds: revocable.holds,
  get revoked() {
    return revocable.signal;
  },
});

/** What a call brings along to say who makes it. */
export interface Credentials {
  /** The header `authorization`, as it was sent. */
  readonly authorization: string | undefined;
  /** The certificate of the connection's client, where it has one that the server's authorities have signed. */
  readonly certificate: CertificateNames | undefined;
}

/** What a certificate says of its holder. */
export interface CertificateNames {
  /** The common name of its subject; empty where it has none. */
  readonly commonName: string;
  /** Its alternative names, as OpenSSL writes them: `DNS:worker-1`, `URI:spiffe://example/worker`. */
  readonly alternativeNames: readonly string[];
}

/** The context value with the names of the client's certificate. */
export const peerCertificate: ContextKey<CertificateNames | undefined> = createContextKey<CertificateNames | undefined>(
  undefined,
  { description: "peer certificate" },
);
