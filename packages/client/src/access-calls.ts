import type { Client } from "@connectrpc/connect";
import type { AccessRuleSpec, GetPermissionsOptions, SetPermissionsOptions, Store } from "@trimtab/core";
import {
  encodeText,
  fromWireAccessible,
  fromWireExplanation,
  fromWirePermissions,
  toWireAccessRules,
  toWirePermission,
  toWirePoint,
  toWireSupposed,
} from "@trimtab/wire";
import { type AccessService, Permission } from "@trimtab/wire/services";
import { readPage, readReceipt } from "./answers.ts";
import { encodeExpectedRevision, encodeFilter, encodePage, encodeRef } from "./arguments.ts";
import type { Caller } from "./caller.ts";

type PermissionCalls = Pick<
  Store,
  "setVariablePermissions" | "getVariablePermissions" | "setSessionPermissions" | "getSessionPermissions"
>;

type QuestionCalls = Pick<Store, "checkAccess" | "checkAccesses" | "listAccessible" | "explainAccess">;

/** The part of a store that says who may do what, over a transport. */
export const createAccessCalls = (
  client: Client<typeof AccessService>,
  caller: Caller,
): PermissionCalls & QuestionCalls => ({
  ...createPermissionCalls(client, caller),
  ...createQuestionCalls(client, caller),
});

const createPermissionCalls = (client: Client<typeof AccessService>, { call, context }: Caller): PermissionCalls => ({
  setVariablePermissions: (session, ref, rules, options = {}) =>
    call(
      (to) => {
        const what = { ...encodeRef(session, ref), ...encodeSetting(rules, options), context: context(options) };
        return client.setVariablePermissions(what, to);
      },
      (answer) => ({ ...readReceipt(session, answer), permissions: fromWirePermissions(answer.permissions) }),
    ),
  getVariablePermissions: (session, ref, options = {}) =>
    call(
      (to) => client.getVariablePermissions({ ...encodeRef(session, ref), ...encodePoint(options) }, to),
      ({ permissions }) => fromWirePermissions(permissions),
    ),
  setSessionPermissions: (session, rules, options = {}) =>
    call(
      (to) => {
        const sessionId = encodeText(session, "session");
        const what = { sessionId, ...encodeSetting(rules, options), context: context(options) };
        return client.setSessionPermissions(what, to);
      },
      (answer) => ({ ...readReceipt(session, answer), permissions: fromWirePermissions(answer.permissions) }),
    ),
  getSessionPermissions: (session, options = {}) =>
    call(
      (to) => client.getSessionPermissions({ sessionId: encodeText(session, "session"), ...encodePoint(options) }, to),
      ({ permissions }) => fromWirePermissions(permissions),
    ),
});

const encodeSetting = (rules: readonly AccessRuleSpec[], options: SetPermissionsOptions) => ({
  rules: toWireAccessRules(rules, "rules"),
  ...encodeExpectedRevision(options),
});

const encodePoint = ({ at }: GetPermissionsOptions) => (at === undefined ? {} : { at: toWirePoint(at) });

const createQuestionCalls = (client: Client<typeof AccessService>, { call }: Caller): QuestionCalls => ({
  checkAccess: (session, ref, permission) =>
    call(
      (to) => client.checkAccess({ ...encodeRef(session, ref), permission: toWirePermission(permission) }, to),
      ({ allowed }) => allowed,
    ),
  checkAccesses: (session, questions) =>
    call(
      (to) => {
        const asked = questions.map(({ ref, permission }, index) => ({
          variable: encodeText(ref, `questions[${index}].ref`),
          permission: toWirePermission(permission, `questions[${index}].permission`),
        }));
        return client.batchCheckAccess({ sessionId: encodeText(session, "session"), questions: asked }, to);
      },
      ({ allowed }) => allowed,
    ),
  listAccessible: (session, { permission, ownerPattern, pattern, ...page } = {}) =>
    call(
      (to) =>
        client.listAccessible(
          {
            sessionId: encodeText(session, "session"),
            permission: permission === undefined ? Permission.UNSPECIFIED : toWirePermission(permission),
            ownerPattern: encodeFilter(ownerPattern, "ownerPattern"),
            pattern: encodeFilter(pattern, "pattern"),
            ...encodePage(page),
          },
          to,
        ),
      (answer) => readPage(answer.variables, answer, fromWireAccessible),
    ),
  explainAccess: (session, ref, { permission, subject, caller }) =>
    call(
      (to) => {
        const subjectSessionId = encodeText(subject, "subject");
        const asked = { ...encodeRef(session, ref), permission: toWirePermission(permission), subjectSessionId };
        return client.explainAccess(caller === undefined ? asked : { ...asked, caller: toWireSupposed(caller) }, to);
      },
      (answer) => fromWireExplanation(answer),
    ),
});
