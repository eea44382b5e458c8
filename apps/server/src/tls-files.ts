import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { ListenerTls } from "./http/listener.ts";
import { SettingsError } from "./read-settings.ts";
import { flagOf, type SettingName, type Settings } from "./settings.ts";
import { watchFile } from "./watch-file.ts";

/** The files that TLS is spoken with. */
export interface TlsFiles {
  /** What was in them when they were last of use. */
  readonly tls: ListenerTls;
  /**
   * Calls back with what is in them whenever that has changed and is of use; what is not is told to `onError`, and so is a certificate whose
   * time has not come or is over.
   */
  watch(onChange: (tls: ListenerTls) => void, onError: (error: unknown) => void): void;
  /** Reads them anew now, for those who watch. */
  reload(): void;
  close(): void;
}

const names = ["tlsCert", "tlsKey", "tlsClientCa"] as const satisfies readonly SettingName[];

/**
 * Reads the files of TLS that settings name; `undefined` where they name none.
 *
 * @throws SettingsError for files that cannot be used, naming the flag
 */
export function openTlsFiles(settings: Settings): TlsFiles | undefined {
  const { tlsCert, tlsKey } = settings;
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const read = (): ListenerTls => readTls(settings, { tlsCert, tlsKey });
  const tls = read();
  let reload = () => {};
  let close = () => {};
  return {
    tls,
    watch(onChange, onError) {
      let last = JSON.stringify(tls);
      let told = "";
      const tellTime = ({ cert }: ListenerTls): void => {
        const outOfTime = whyOutOfTime(cert, Date.now());
        if (outOfTime !== undefined) onError(outOfTime);
      };
      tellTime(tls);
      const renew = () => {
        try {
          const renewed = read();
          const now = JSON.stringify(renewed);
          told = "";
          if (now === last) return;
          onChange(renewed);
          last = now;
          tellTime(renewed);
        } catch (error) {
          // Files that change together are each looked at, and one of them may be what is wrong.
          if (String(error) === told) return;
          told = String(error);
          onError(new Error("TLS goes on with the files as they were", { cause: error }));
        }
      };
      const watchers = names.flatMap((name) => settings[name] ?? []).map((path) => watchFile(path, renew));
      reload = () => {
        told = "";
        renew();
      };
      close = () => {
        for (const watcher of watchers) watcher.close();
      };
    },
    reload: () => reload(),
    close: () => close(),
  };
}

/** Reads what is in the files, and makes sure that TLS can be spoken with it: that the key is the certificate's, for one. */
function readTls({ tlsClientCa }: Settings, { tlsCert, tlsKey }: { tlsCert: string; tlsKey: string }): ListenerTls {
  const cert = orRefuse("tlsCert", () => certificatesIn(tlsCert));
  const key = orRefuse("tlsKey", () => readFileSync(tlsKey, "utf8"));
  orRefuse("tlsKey", () => checkKey(tlsKey, { cert, key }));
  if (tlsClientCa === undefined) return { cert, key };
  return { cert, key, clientCa: orRefuse("tlsClientCa", () => certificatesIn(tlsClientCa)) };
}

/** An empty key would be taken for none, and what OpenSSL says of other files does not tell what is wrong with them. */
function checkKey(path: string, { cert, key }: ListenerTls): void {
  let read: KeyObject;
  try {
    read = createPrivateKey(key);
  } catch {
    throw new Error(`${path} holds no private key in PEM that can be read without a passphrase`);
  }
  if (!new X509Certificate(cert).checkPrivateKey(read)) throw new Error(`${path} is not the key of the certificate`);
  createSecureContext({ cert, key });
}

/** What is to be told of a certificate that clients refuse for its time; `undefined` of any other. */
function whyOutOfTime(cert: string, nowMs: number): Error | undefined {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  if (validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime()) return undefined;
  const time = `from ${validFromDate.toISOString()} to ${validToDate.toISOString()}`;
  return new Error(`${flagOf("tlsCert")}: clients refuse the certificate, which is valid ${time}`);
}

const certificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The text of a file that holds certificates, each of which can be read. */
function certificatesIn(path: string): string {
  const text = readFileSync(path, "utf8");
  const found = text.match(certificate) ?? [];
  if (found.length === 0) throw new Error(`${path} holds no certificate in PEM`);
  for (const each of found) new X509Certificate(each);
  return text;
}

function orRefuse<T>(name: (typeof names)[number], open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new SettingsError(`${flagOf(name)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
