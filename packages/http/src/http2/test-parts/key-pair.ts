import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key and its certificate, as PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** Makes a key and a certificate for `localhost` that nobody else has signed. */
export function makeKeyPair(): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), "trimtab-http-"));
  const file = (name: string) => join(folder, name);
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", file("key"), "-out", file("cert")];
  try {
    execFileSync("openssl", ["req", "-x509", ...curve, "-days", "2", ...names, ...files], { stdio: "ignore" });
    return { key: readFileSync(file("key"), "utf8"), cert: readFileSync(file("cert"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
