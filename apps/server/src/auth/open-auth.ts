import { readFileSync } from "node:fs";
import type { RequestGate } from "../create-api.ts";
import { isLoopback } from "../loopback.ts";
import { SettingsError } from "../read-settings.ts";
import { flagOf, type Settings } from "../settings.ts";
import { watchFile } from "../watch-file.ts";
import { createAuthGate, type OnRefused } from "./auth-gate.ts";
import { createGuessLimit } from "./guess-limit.ts";
import { createJwtReader, type JwtReader } from "./jwt.ts";
import { createPrincipalTable } from "./principal-table.ts";
import { parsePrincipals } from "./principals-file.ts";

/** How a server knows who calls. */
export interface Auth {
  /** Makes the gate; calls that it refuses are told to `onRefused` first. */
  gate(onRefused?: OnRefused): RequestGate;
  /** Reads the files anew. What is wrong with them is told, and what held before goes on to hold. */
  reload(): void;
  close(): void;
}

/**
 * Opens what the settings say of who may call; `undefined` where they say nothing. The files are read anew as they change.
 *
 * @throws SettingsError for a file that cannot be used
 */
export function openAuth(settings: Settings, onError: (error: unknown) => void): Auth | undefined {
  const { principals: file, jwtKeys } = settings;
  if (file === undefined && jwtKeys === undefined) return undefined;
  const principals = createPrincipalTable();
  const read = () => {
    if (file !== undefined) principals.replace(parsePrincipals(readFileSync(file, "utf8")));
  };
  orRefuse("principals", read);
  const jwt = jwtKeys === undefined ? undefined : orRefuse("jwtKeys", () => openJwt(jwtKeys, settings, onError));
  const orTell = (renew: () => void) => () => {
    try {
      renew();
    } catch (error) {
      onError(new Error("what is known of who may call stays as it was", { cause: error }));
    }
  };
  const [renewPrincipals, renewKeys] = [orTell(read), orTell(() => jwt?.reload())];
  const rate = { perSecond: settings.authFailureRate, burst: settings.authFailureBurst };
  const guesses = rate.perSecond === 0 ? undefined : createGuessLimit(rate, () => performance.now());
  const watchers = [
    ...(file === undefined ? [] : [watchFile(file, renewPrincipals)]),
    ...(jwtKeys === undefined || jwtKeys.includes("://") ? [] : [watchFile(jwtKeys, renewKeys)]),
  ];
  return {
    gate: (onRefused) => createAuthGate({ means: { principals, jwt }, guesses, onRefused }),
    reload() {
      renewPrincipals();
      renewKeys();
    },
    close() {
      for (const watcher of watchers) watcher.close();
    },
  };
}

function openJwt(keys: string, settings: Settings, onError: (error: unknown) => void): JwtReader {
  // Whoever can change keys on their way can let in whom they like.
  if (keys.startsWith("http:") && !isLoopback(new URL(keys).hostname))
    throw new Error("keys are fetched by https alone");
  const { jwtIssuer: issuer = "", jwtAudience: audience = "" } = settings;
  const claims = {
    principal: settings.jwtPrincipalClaim,
    sessions: settings.jwtSessionsClaim,
    roles: settings.jwtRolesClaim,
    attributes: settings.jwtAttributesClaim,
  };
  return createJwtReader({ keys, issuer, audience, claims }, onError);
}

function orRefuse<T>(name: "principals" | "jwtKeys", open: () => T): T {
  try {
    return open();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`${flagOf(name)}: ${message}`);
  }
}
