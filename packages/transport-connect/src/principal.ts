import type { DescService, Message } from "@bufbuild/protobuf";
import { type ContextKey, createContextKey, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import type { Principal, Store } from "@trimtab/core";

/**
 * The context value that says who calls. Whoever lets calls in sets it before a handler runs: an interceptor by
 * `request.contextValues.set(principalKey, principal)`, an adapter by its `contextValues`. Unset means that nobody asks
 * who calls. One object for all calls of a principal keeps what is prepared for it.
 */
export const principalKey: ContextKey<Principal | undefined> = createContextKey<Principal | undefined>(undefined, {
  description: "trimtab principal",
});

/**
 * The context value that aborts when whoever calls may call no longer, because what was shown to be let in was revoked or has
 * expired. Streams that run for the caller end then, with `unauthenticated`. Set like {@link principalKey}.
 */
export const revokedKey: ContextKey<AbortSignal | undefined> = createContextKey<AbortSignal | undefined>(undefined, {
  description: "trimtab caller revoked",
});

/** What a store shows to a principal; without one, to callers that nobody has asked who they are. */
export type StoreFor = (principal: Principal | undefined) => Store;

/** A service's methods as a router calls them. */
type Methods = Readonly<Record<string, (request: Message, context: HandlerContext) => unknown>>;

/**
 * Makes a service that answers each call from the store that its principal sees.
 *
 * @param create makes the service over one store; called once per principal
 */
export function perPrincipal<T extends DescService>(
  storeFor: StoreFor,
  create: (store: Store) => Partial<ServiceImpl<T>>,
): Partial<ServiceImpl<T>> {
  const made = new WeakMap<Principal, Methods>();
  const unnamed = create(storeFor(undefined)) as Methods;
  const servedTo = (principal: Principal): Methods => {
    const known = made.get(principal);
    if (known !== undefined) return known;
    const service = create(storeFor(principal)) as Methods;
    made.set(principal, service);
    return service;
  };
  const names = Object.keys(unnamed);
  const dispatch = (name: string) => (request: Message, context: HandlerContext) => {
    const principal = context.values.get(principalKey);
    return (principal === undefined ? unnamed : servedTo(principal))[name]?.(request, context);
  };
  return Object.fromEntries(names.map((name) => [name, dispatch(name)])) as Partial<ServiceImpl<T>>;
}
