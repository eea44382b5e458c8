import type { AccessExplanation, AuditBasis, AuditEntry, Principal, Store } from "@trimtab/core";
import type { RefusedCall } from "@trimtab/transport-connect";

/** What decided that a call was denied. */
export type Denial = Pick<AuditEntry, "basis" | "decidingRule">;

/** Finds what denied a call that its principal made. */
export type FindDenial = (call: RefusedCall, principal: Principal) => Promise<Denial>;

/**
 * Makes what finds it, by asking the store again as the owner would, with the roles and attributes of whoever called. Rules that
 * have changed in between may answer otherwise; where they would allow the call by now, nothing is said.
 */
export function createFindDenial(store: { as(principal: Principal): Pick<Store, "explainAccess"> }): FindDenial {
  const views = new WeakMap<Principal, Pick<Store, "explainAccess">>();
  const viewOf = (principal: Principal) => {
    let view = views.get(principal);
    if (view === undefined) {
      // Only an owner may ask why, and only whoever acts as the calling session is judged by its attributes.
      view = store.as({ ...principal, sessions: ["*"] });
      views.set(principal, view);
    }
    return view;
  };
  return async ({ session, callerSession, variableName, permission, outcome }, principal) => {
    if (outcome !== "denied" || permission === undefined) return {};
    if (session === callerSession || variableName === "") return {};
    const ref = variableName.slice(variableName.indexOf("/") + 1);
    const asking = { permission, subject: callerSession };
    const explained = await viewOf(principal)
      .explainAccess(session, ref, asking)
      .catch(() => undefined);
    // What does not exist no rule is about.
    return explained === undefined ? { basis: "no-rule" } : toDenial(explained);
  };
}

function toDenial({ allowed, basis, rule, verdicts }: AccessExplanation): Denial {
  if (allowed) return {};
  if (rule === undefined) return { basis: basis === "dependency" ? "dependency" : "no-rule" };
  const decided = verdicts.find(({ matched, whyNot }) => matched && whyNot === "");
  const by: AuditBasis = decided?.sessionWide === true ? "session-rule" : "variable-rule";
  return { basis: by, decidingRule: rule.id };
}
