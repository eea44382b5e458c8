import type { ServiceImpl } from "@connectrpc/connect";
import type { Store } from "@trimtab/core";
import {
  fromWireAccessRules,
  fromWireContext,
  fromWirePermission,
  fromWirePoint,
  fromWireSupposed,
  present,
  toUint64,
  toWireAccessible,
  toWireExplanation,
  toWirePermissions,
} from "@trimtab/wire";
import { type AccessService, Permission } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { sessionOf, toExpected } from "./request-parts.ts";

type Methods<Name extends keyof ServiceImpl<typeof AccessService>> = Pick<ServiceImpl<typeof AccessService>, Name>;

/** Serves who may do what with whose variables. */
export const createAccessService = (store: Store, calls: Calls): ServiceImpl<typeof AccessService> => ({
  ...permissionMethods(store, calls),
  ...questionMethods(store, calls),
});

const permissionMethods = (
  store: Store,
  { unary }: Calls,
): Methods<
  "setVariablePermissions" | "getVariablePermissions" | "setSessionPermissions" | "getSessionPermissions"
> => ({
  setVariablePermissions: unary(async (request) => {
    const { permissions, revision } = await store.setVariablePermissions(
      sessionOf(request),
      required(request.variable, "variable"),
      fromWireAccessRules(request.rules, "rules"),
      present({
        ...fromWireContext(request.context),
        expectedRevision: toExpected(request.expectedRevision, "expected_revision"),
      }),
    );
    return { permissions: toWirePermissions(permissions), revision: toUint64(revision) };
  }),
  getVariablePermissions: unary(async (request) => {
    const at = fromWirePoint(request.at, "at");
    const variable = required(request.variable, "variable");
    const permissions = await store.getVariablePermissions(sessionOf(request), variable, present({ at }));
    return { permissions: toWirePermissions(permissions) };
  }),
  setSessionPermissions: unary(async (request) => {
    const { permissions, revision } = await store.setSessionPermissions(
      sessionOf(request),
      fromWireAccessRules(request.rules, "rules"),
      present({
        ...fromWireContext(request.context),
        expectedRevision: toExpected(request.expectedRevision, "expected_revision"),
      }),
    );
    return { permissions: toWirePermissions(permissions), revision: toUint64(revision) };
  }),
  getSessionPermissions: unary(async (request) => {
    const at = fromWirePoint(request.at, "at");
    return { permissions: toWirePermissions(await store.getSessionPermissions(sessionOf(request), present({ at }))) };
  }),
});

const questionMethods = (
  store: Store,
  { unary }: Calls,
): Methods<"checkAccess" | "batchCheckAccess" | "listAccessible" | "explainAccess"> => ({
  checkAccess: unary(async (request) => {
    const variable = required(request.variable, "variable");
    const permission = fromWirePermission(request.permission);
    return { allowed: await store.checkAccess(sessionOf(request), variable, permission) };
  }),
  batchCheckAccess: unary(async (request) => {
    const questions = request.questions.map(({ variable, permission }, index) => ({
      ref: required(variable, `questions[${index}].variable`),
      permission: fromWirePermission(permission, `questions[${index}].permission`),
    }));
    return { allowed: [...(await store.checkAccesses(sessionOf(request), questions))] };
  }),
  listAccessible: unary(async (request) => {
    const options = toPageOptions(request, {
      permission: request.permission === Permission.UNSPECIFIED ? undefined : fromWirePermission(request.permission),
      ownerPattern: request.ownerPattern || undefined,
      pattern: request.pattern || undefined,
    });
    const page = await store.listAccessible(sessionOf(request), options);
    return { variables: page.items.map(toWireAccessible), nextPageToken: page.nextPageToken ?? "" };
  }),
  explainAccess: unary(async (request) =>
    toWireExplanation(
      await store.explainAccess(
        sessionOf(request),
        required(request.variable, "variable"),
        present({
          permission: fromWirePermission(request.permission),
          subject: required(request.subjectSessionId, "subject_session_id"),
          caller: fromWireSupposed(request.caller),
        }),
      ),
    ),
  ),
});
