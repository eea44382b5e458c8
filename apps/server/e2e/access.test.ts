import { inspect } from "node:util";
import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { accessPermissions, type Permission } from "@trimtab/core";
import { principalKey } from "@trimtab/transport-connect";
import { ErrorDetailSchema } from "@trimtab/wire/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../src/start-server.ts";
import { openServer } from "./open-server.ts";
import { type AccessRow, accessRows } from "./test-parts/access-rows.ts";
import { ofApi } from "./test-parts/of-api.ts";

let server: RunningServer;
let transport: Transport;

/** Whoever says a name may act as the sessions that begin with it. */
const requestGate = ({ requestHeader, values }: HandlerContext): void => {
  const name = requestHeader.get("x-name") ?? "";
  values.set(principalKey, { id: name, sessions: [`${name}*`] });
};

beforeAll(async () => {
  server = await openServer({ audit: "on" }, { requestGate });
  transport = createConnectTransport({ baseUrl: server.url, httpVersion: "2" });
  for (const service of ofApi(server.services)) {
    for (const method of service.methods) methods.set(`${service.name}/${method.name}`, method);
  }
  for (const id of ["guest", "owner"]) await server.store.createSession({ id });
});
afterAll(() => server.close());

/** Registers the owner's variables anew, on which guests have just these permissions; gives the revision of that. */
async function grant(permissions: readonly Permission[]): Promise<number> {
  const { store } = server;
  await store.deleteSession("owner");
  await store.createSession({ id: "owner" });
  const accessRules = permissions.length === 0 ? [] : [{ sessionPattern: "guest", permissions }];
  const specs = ["x", "y"].map((name) => ({ name, type: "float", value: 1, accessRules }));
  return (await store.registerVariables("owner", specs)).revision;
}

/** Every method of the API that the server serves; callers of its health are not asked who they are. */
const methods = new Map<string, DescMethod>();

type Answer = Readonly<Record<string, unknown>>;

/** Makes a call and gives its answer, or the first of a stream; or the error, with its exact reason. */
async function call(
  name: string,
  as: string,
  request: Answer,
): Promise<Answer | { error: ConnectError; reason: string }> {
  const method = methods.get(name) as DescMethod;
  const client = createClient(method.parent, transport) as Readonly<
    Record<string, (request: Answer, options: object) => Promise<Answer> | AsyncIterable<Answer>>
  >;
  const done = new AbortController();
  const options = { headers: { "x-name": as }, signal: done.signal };
  try {
    const answered = client[method.localName]?.(request, options);
    if (answered === undefined) return expect.fail(`${name} is not there`);
    if (answered instanceof Promise) return await answered;
    for await (const answer of answered) {
      done.abort();
      return answer;
    }
    return {};
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    return { error, reason: error.findDetails(ErrorDetailSchema)[0]?.reason ?? "" };
  }
}

/** Makes a call about variables, as a session, in the name of one, and with the variables called as `ref` calls them. */
const callOn = (
  [name, { request }]: readonly [string, Extract<AccessRow, { kind: "variable" | "owner" }>],
  { as, session = as, ref = (variable) => variable }: CallOn,
) => call(name, as, request(session, ref));

interface CallOn {
  readonly as: string;
  readonly session?: string;
  readonly ref?: (variable: string) => string;
}

const ofOwner = (variable: string) => `owner/${variable}`;

const isDenied = (outcome: Awaited<ReturnType<typeof call>>): boolean =>
  "error" in outcome && (outcome.error as ConnectError).code === Code.PermissionDenied;

const rowsOf = <K extends AccessRow["kind"]>(kind: K) =>
  Object.entries(accessRows).filter(
    (entry): entry is [string, Extract<AccessRow, { kind: K }>] => entry[1].kind === kind,
  );

/** Every set of permissions. */
const subsets = Array.from({ length: 2 ** accessPermissions.length }, (_, bits) =>
  accessPermissions.filter((__, index) => (bits & (1 << index)) !== 0),
);

test("every call that is served says who may make it", () => {
  expect(Object.keys(accessRows).sort()).toEqual([...methods.keys()].sort());
});

describe("a call for a session alone", () => {
  test.each(rowsOf("own"))(
    "%s is denied to others, in the same words whether the session is there or not",
    async (name, row) => {
      const revision = await grant(accessPermissions);
      const there = await call(name, "guest", row.request("owner"));
      const nowhere = await call(name, "guest", row.request("nowhere"));
      expect(there).toMatchObject({ error: { code: Code.PermissionDenied }, reason: "access_denied" });
      expect((there as { error: Error }).error.message.replaceAll("owner", "nowhere")).toBe(
        (nowhere as { error: Error }).error.message,
      );
      expect((await server.store.getSession("owner")).revision).toBe(revision);
    },
  );

  test.each(rowsOf("own"))("%s is not denied to the session itself", async (name, row) => {
    await grant([]);
    expect(isDenied(await call(name, "guest", row.request("guest")))).toBe(false);
    await server.store.deleteSession("guest-2", { allowMissing: true });
    await server.store.createSession({ id: "guest", ifExists: "keep" });
  });
});

describe("a call about a variable", () => {
  test.each(rowsOf("variable"))("%s takes just the permissions that it takes", async (name, row) => {
    const { isAllowed = () => true } = row;
    for (const permissions of subsets) {
      const revision = await grant(permissions);
      const outcome = await callOn([name, row], { as: "guest", ref: ofOwner });
      const allowed = !isDenied(outcome) && ("error" in outcome || isAllowed(outcome));
      expect([permissions, allowed]).toEqual([permissions, row.takes.every((each) => permissions.includes(each))]);
      if (!allowed) expect((await server.store.getSession("owner")).revision).toBe(revision);
    }
  });

  test.each(rowsOf("variable"))(
    "%s of one's own takes no permission, and of an absent one tells nothing",
    async (...row) => {
      await grant(accessPermissions);
      expect(isDenied(await callOn(row, { as: "owner" }))).toBe(false);
      await grant([]);
      const absent = await callOn(row, { as: "guest", ref: (variable) => `owner/no-${variable}` });
      const hidden = await callOn(row, { as: "guest", ref: ofOwner });
      const told = ({ error, reason, ...answer }: Awaited<ReturnType<typeof call>>) =>
        inspect([(error as Error | undefined)?.message, reason, answer], { depth: 9 }).replaceAll("no-", "");
      expect(told(absent)).toBe(told(hidden));
    },
  );

  test.each([...rowsOf("variable"), ...rowsOf("owner")])("%s is denied to those who act as another", async (...row) => {
    await grant(accessPermissions);
    for (const session of ["owner", "nowhere"]) {
      expect(isDenied(await callOn(row, { as: "guest", session }))).toBe(true);
    }
  });

  test.each(rowsOf("owner"))("%s is for the owner alone, whatever was granted", async (...row) => {
    await grant(accessPermissions);
    const outcome = await callOn(row, { as: "guest", ref: ofOwner });
    expect(outcome).toMatchObject({ error: { code: Code.PermissionDenied }, reason: "not_owner" });
    expect(isDenied(await callOn(row, { as: "owner" }))).toBe(false);
  });
});

test.each(rowsOf("open"))("%s is open to whoever may call", async (name, row) => {
  const outcome = await call(name, "guest", row.request);
  expect(outcome).not.toHaveProperty("error");
  if (name === "SessionService/ListSessions") {
    expect((outcome as { sessions: { id: string }[] }).sessions.map(({ id }) => id)).toEqual(["guest"]);
  }
});
