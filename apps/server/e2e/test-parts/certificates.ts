import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate and its key, as files in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate that signs others. */
export function makeAuthority(folder: string, name: string): Certificate {
  const files = filesOf(folder, name);
  openssl(["req", "-x509", ...newKey(files.key), "-days", "2", "-subj", `/CN=${name}`, "-out", files.cert]);
  return files;
}

/** Makes a certificate that an authority has signed, with a common name and alternative names such as `DNS:localhost`. */
export function makeCertificate(authority: Certificate, folder: string, name: string, names: string): Certificate {
  const files = filesOf(folder, name);
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  writeFileSync(extensions, `subjectAltName=${names}\n`);
  openssl(["req", "-new", ...newKey(files.key), "-subj", `/CN=${name}`, "-out", request]);
  const by = ["-CA", authority.cert, "-CAkey", authority.key, "-CAcreateserial"];
  openssl(["x509", "-req", "-in", request, ...by, "-days", "2", "-extfile", extensions, "-out", files.cert]);
  return files;
}

const filesOf = (folder: string, name: string): Certificate => ({
  cert: join(folder, `${name}.pem`),
  key: join(folder, `${name}.key`),
});

const newKey = (file: string) => [
  "-newkey",
  "ec",
  "-pkeyopt",
  "ec_paramgen_curve:prime256v1",
  "-nodes",
  "-keyout",
  file,
];

const openssl = (args: readonly string[]) => execFileSync("openssl", args, { stdio: "ignore" });
