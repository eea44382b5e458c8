import type { HandlerContext } from "@connectrpc/connect";
import { isStoreError, storeError } from "@trimtab/core";
import { principalKey, revokedKey, toConnectError } from "@trimtab/transport-connect";
import { health } from "@trimtab/wire/grpc";
import type { RequestGate } from "../create-api.ts";
import { peerAddress } from "../direct/call-context.ts";
import { type AuthenticateMeans, authenticate, recognise } from "./authenticate.ts";
import { type Caller, type Credentials, peerCertificate } from "./caller.ts";
import type { GuessLimit } from "./guess-limit.ts";

/** Hears of a call of somebody who is not let in; its caller is told so once this resolves. */
export type OnRefused = (context: HandlerContext, reason: "unauthenticated" | "limit_exceeded") => Promise<void>;

/** What a gate is made of. */
export interface AuthGateOptions {
  readonly means: AuthenticateMeans;
  /** Bounds what is shown and not valid; without it there is no bound. */
  readonly guesses?: GuessLimit | undefined;
  readonly onRefused?: OnRefused | undefined;
}

/**
 * Makes the gate that lets only those in who say who they are, and leaves that with the call. Health may be asked by anybody:
 * whatever watches over servers has no token, and learns nothing but names of services.
 */
export function createAuthGate({ onRefused, ...options }: AuthGateOptions): RequestGate {
  const gate = createGate(options);
  const refuse = async (context: HandlerContext, error: unknown): Promise<never> => {
    // Nobody was denied anything: it is not known yet who calls.
    if (isStoreError(error, "unavailable")) throw toConnectError(error);
    const isLimited = isStoreError(error, "limit_exceeded");
    await onRefused?.(context, isLimited ? "limit_exceeded" : "unauthenticated");
    const refused = toConnectError(error);
    // Says in HTTP, too, how to do better (RFC 9110, section 11.6.1).
    if (!isLimited) refused.metadata.set("www-authenticate", "Bearer");
    throw refused;
  };
  return (context) => {
    try {
      return gate(context)?.catch((error: unknown) => refuse(context, error));
    } catch (error) {
      return refuse(context, error);
    }
  };
}

function createGate({
  means,
  guesses,
}: Omit<AuthGateOptions, "onRefused">): (context: HandlerContext) => Promise<void> | undefined {
  const admit = ({ method, values }: HandlerContext, caller: Caller): void => {
    if (!caller.holds()) throw storeError("unauthenticated", "the token has expired", { scheme: "bearer" });
    values.set(principalKey, caller.principal);
    if (method.methodKind !== "unary") values.set(revokedKey, caller.revoked);
  };
  return (context) => {
    if (context.service.typeName === health.Health.typeName) return undefined;
    const address = context.values.get(peerAddress) ?? "";
    const credentials = credentialsOf(context);
    guesses?.check(address, () => recognise(credentials, means));
    const pass = (caller: Caller): void => {
      admit(context, caller);
      guesses?.passed(address, caller);
    };
    const fail = (error: unknown): never => {
      // Whoever shows nothing has guessed at nothing, and what could not be checked was no wrong guess.
      const hasShown = credentials.authorization !== undefined || credentials.certificate !== undefined;
      if (hasShown && !isStoreError(error, "unavailable")) guesses?.failed(address);
      throw error;
    };
    try {
      const caller = authenticate(credentials, means);
      if (caller instanceof Promise) return caller.then(pass).catch(fail);
      pass(caller);
      return undefined;
    } catch (error) {
      return fail(error);
    }
  };
}

const credentialsOf = ({ requestHeader, values }: HandlerContext): Credentials => ({
  authorization: requestHeader.get("authorization") ?? undefined,
  certificate: values.get(peerCertificate),
});
