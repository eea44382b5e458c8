import type { AccessBasis, AccessExplanation, AccessibleVariable, AccessVerdict, SupposedCaller } from "@trimtab/core";
import { fromWireAccessRule, fromWirePermission, toWireAccessRule, toWirePermission } from "./access-rule.ts";
import { encodeRecord, encodeText } from "./caller-data.ts";
import {
  type ExplainAccessResponse,
  type AccessibleVariable as WireAccessible,
  AccessBasis as WireBasis,
  type SupposedCaller as WireSupposed,
  type AccessVerdict as WireVerdict,
} from "./gen/trimtab/v1/access_pb.ts";
import { fromKnown } from "./known.ts";
import { present } from "./present.ts";
import { refuseMessage } from "./refuse.ts";
import { fromWireRecord } from "./value.ts";

const bases = {
  owner: WireBasis.OWNER,
  rule: WireBasis.RULE,
  "no-rule": WireBasis.NO_RULE,
  dependency: WireBasis.DEPENDENCY,
} as const satisfies Record<AccessBasis, WireBasis>;

/** Reads who is supposed to call; without one, whoever is known to. */
export const fromWireSupposed = (caller: WireSupposed | undefined): SupposedCaller | undefined =>
  caller && {
    principal: caller.principal,
    attributes: fromWireRecord(caller.attributes, "caller.attributes"),
    roles: caller.roles,
  };

/**
 * Puts who is supposed to call on the wire.
 *
 * @throws StoreError `invalid_argument` naming the part that is ill-formed text or data that no payload can hold
 */
export const toWireSupposed = ({ principal = "", attributes, roles = [] }: SupposedCaller): WireSupposed => ({
  $typeName: "trimtab.v1.SupposedCaller",
  principal: encodeText(principal, "caller.principal"),
  attributes: encodeRecord(attributes, "caller.attributes"),
  roles: roles.map((role, index) => encodeText(role, `caller.roles[${index}]`)),
});

/** Puts on the wire why a session has a permission or not. */
export const toWireExplanation = ({ allowed, basis, rule, verdicts }: AccessExplanation): ExplainAccessResponse => ({
  $typeName: "trimtab.v1.ExplainAccessResponse",
  allowed,
  basis: bases[basis],
  decidingRuleId: rule?.id ?? "",
  verdicts: verdicts.map(toWireVerdict),
});

/**
 * Reads why a session has a permission or not.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or not known here
 */
export function fromWireExplanation(answer: ExplainAccessResponse): AccessExplanation {
  const verdicts = answer.verdicts.map((verdict, index) => fromWireVerdict(verdict, `verdicts[${index}]`));
  const decided = verdicts.find(({ matched, whyNot }) => matched && whyNot === "");
  return present({
    allowed: answer.allowed,
    basis: fromKnown(bases, answer.basis, "basis"),
    rule: answer.decidingRuleId === "" ? undefined : decided?.rule,
    verdicts,
  });
}

const toWireVerdict = ({ rule, sessionWide, matched, whyNot }: AccessVerdict): WireVerdict => ({
  $typeName: "trimtab.v1.AccessVerdict",
  rule: toWireAccessRule(rule),
  sessionWide,
  matched,
  whyNot,
});

function fromWireVerdict({ rule, sessionWide, matched, whyNot }: WireVerdict, path: string): AccessVerdict {
  if (rule === undefined) throw refuseMessage(`${path}.rule`, "is required");
  return { rule: fromWireAccessRule(rule, `${path}.rule`), sessionWide, matched, whyNot };
}

/** Puts a variable of another session on the wire, with what may be done with it. */
export const toWireAccessible = ({ owner, id, name, permissions }: AccessibleVariable): WireAccessible => ({
  $typeName: "trimtab.v1.AccessibleVariable",
  ownerSessionId: owner,
  variableId: id,
  name,
  permissions: permissions.map((permission) => toWirePermission(permission)),
});

/**
 * Reads a variable of another session, with what may be done with it.
 *
 * @throws StoreError `invalid_argument` naming a permission that is not known here
 */
export const fromWireAccessible = (variable: WireAccessible, path: string): AccessibleVariable => ({
  owner: variable.ownerSessionId,
  id: variable.variableId,
  name: variable.name,
  permissions: variable.permissions.map((permission) => fromWirePermission(permission, `${path}.permissions`)),
});
