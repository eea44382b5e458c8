import { isLoopback } from "./loopback.ts";
import type { Settings } from "./settings.ts";

/** Says whether pages of an origin may call. */
export type IsTrustedOrigin = (origin: string) => boolean;

/**
 * Makes the question whether a page may call a server that asks nobody who they are and serves its machine alone. What protects it
 * is that others cannot reach it, and a page of a stranger's can: by a name of its own that comes to stand for this machine (DNS
 * rebinding), it is even of the same origin. So only pages of this machine may call, and of origins that settings name. Other
 * servers need not ask: `undefined`.
 */
export function createTrustedOrigins(
  { listen, corsOrigins, insecure }: Settings,
  isAsking: boolean,
): IsTrustedOrigin | undefined {
  if (isAsking || insecure || !isLoopback(listen.host) || corsOrigins.includes("*")) return undefined;
  const named = new Set(corsOrigins);
  return (origin) => named.has(origin) || (URL.canParse(origin) && isLoopback(new URL(origin).hostname));
}
