import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openServer } from "./open-server.ts";
import { makeAuthority, makeCertificate } from "./test-parts/certificates.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

test("files of TLS that cannot be used are refused at the start, by the flag that names them and by what is wrong", async () => {
  const folder = temporaryFolder();
  const { cert, key } = makeAuthority(folder, "one");
  const other = makeAuthority(folder, "other");
  const [locked, empty, nowhere] = ["locked", "empty", "nowhere"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync("openssl", ["ec", "-in", key, "-aes256", "-passout", "pass:x", "-out", locked], { stdio: "ignore" });
  writeFileSync(empty, "");
  const noKey = /holds no private key in PEM that can be read without a passphrase$/;
  const wrong = [
    [cert, other.key, /^--tls-key: .*other.key is not the key of the certificate$/],
    [cert, locked, noKey],
    [cert, empty, noKey],
    [cert, cert, noKey],
    [cert, nowhere, /^--tls-key: .*no such file/],
    [key, key, /^--tls-cert: .*one.key holds no certificate in PEM$/],
    [empty, key, /^--tls-cert: .*holds no certificate in PEM$/],
    [nowhere, key, /^--tls-cert: .*no such file/],
  ] as const;
  for (const [tlsCert, tlsKey, message] of wrong) {
    const opening = openServer({ tlsCert, tlsKey }).then((server) => server.close());
    await expect(opening, `${tlsCert} with ${tlsKey}`).rejects.toThrow(message);
  }
});

test("a certificate whose time is over is told of", async () => {
  const folder = temporaryFolder();
  const { cert, key } = makeCertificate(makeAuthority(folder, "authority"), folder, "server", "DNS:localhost");
  const faults: unknown[] = [];
  const open = async () => {
    const server = await openServer({ tlsCert: cert, tlsKey: key }, { onError: (error) => faults.push(error) });
    await server.close();
  };
  await open();
  expect(faults).toEqual([]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * 86_400_000 });
  onTestFinished(() => void vi.useRealTimers());
  await open();
  expect(faults.map(String)).toEqual([
    expect.stringMatching(/--tls-cert: clients refuse the certificate, which is valid from \S+Z to \S+Z$/),
  ]);
});
