import type { HandlerContext } from "@connectrpc/connect";
import { storeError } from "@trimtab/core";
import { principalKey, revokedKey, toConnectError } from "@trimtab/transport-connect";
import { health } from "@trimtab/wire/grpc";
import type { RequestGate } from "../create-api.ts";
import { type AuthenticateMeans, authenticate } from "./authenticate.ts";
import { type Caller, peerCertificate } from "./caller.ts";

/**
 * Makes the gate that lets only those in who say who they are, and leaves that with the call. Health may be asked by anybody:
 * whatever watches over servers has no token, and learns nothing but names of services.
 *
 * @param onRefused hears of calls that are refused, whose callers are told so once it resolves
 */
export function createAuthGate(
  means: AuthenticateMeans,
  onRefused?: (context: HandlerContext) => Promise<void>,
): RequestGate {
  const gate = createGate(means);
  if (onRefused === undefined) return gate;
  return (context) => {
    const refused = (error: unknown) =>
      onRefused(context).then(() => {
        throw error;
      });
    try {
      return gate(context)?.catch(refused);
    } catch (error) {
      return refused(error);
    }
  };
}

function createGate(means: AuthenticateMeans): (context: HandlerContext) => Promise<void> | undefined {
  const admit = ({ values }: HandlerContext, { principal, revoked }: Caller): void => {
    if (revoked.aborted) throw refuse(storeError("unauthenticated", "the token has expired", { scheme: "bearer" }));
    values.set(principalKey, principal).set(revokedKey, revoked);
  };
  return (context) => {
    if (context.service.typeName === health.Health.typeName) return undefined;
    const credentials = {
      authorization: context.requestHeader.get("authorization") ?? undefined,
      certificate: context.values.get(peerCertificate),
    };
    try {
      const caller = authenticate(credentials, means);
      if (!(caller instanceof Promise)) {
        admit(context, caller);
        return undefined;
      }
      return caller.then(
        (known) => admit(context, known),
        (error: unknown) => {
          throw refuse(error);
        },
      );
    } catch (error) {
      throw refuse(error);
    }
  };
}

/** Says in HTTP, too, how to do better (RFC 9110, section 11.6.1). */
function refuse(error: unknown) {
  const refused = toConnectError(error);
  refused.metadata.set("www-authenticate", "Bearer");
  return refused;
}
