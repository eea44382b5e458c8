import type { Socket } from "node:net";
import { type PeerCertificate, TLSSocket } from "node:tls";
import type { CertificateNames } from "./caller.ts";

const read = new WeakMap<Socket, CertificateNames | undefined>();

/**
 * Reads the names of the client's certificate of a connection. There are none without TLS, without a certificate, and where no
 * authority that the server knows has signed it. They are read once for each connection.
 */
export function certificateNames(socket: Socket | undefined): CertificateNames | undefined {
  if (socket === undefined || !isVerified(socket)) return undefined;
  if (!read.has(socket)) read.set(socket, namesIn(socket.getPeerCertificate()));
  return read.get(socket);
}

/** HTTP/2 shows its connection through a proxy, which is an instance of what is behind it. */
const isVerified = (socket: Socket): socket is TLSSocket => socket instanceof TLSSocket && socket.authorized;

/** A name that holds what separates names is quoted, and passed over: it could pass for several. */
const alternativeName = /(?:^|, )((?:DNS|URI|email):[^",]+)(?=, |$)/g;

/** Reads the names from a certificate as Node gives it. */
export function namesIn({ subject, subjectaltname = "" }: Partial<PeerCertificate>): CertificateNames {
  const unquoted = subjectaltname.replaceAll(/"(?:[^"\\]|\\.)*"/g, '"');
  return {
    commonName: typeof subject?.CN === "string" ? subject.CN : "",
    alternativeNames: Array.from(unquoted.matchAll(alternativeName), ([, name = ""]) => name),
  };
}
