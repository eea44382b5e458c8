import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPrincipalTable } from "./principal-table.ts";
import { parsePrincipals } from "./principals-file.ts";
import { createToken } from "./token.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const line = (stored: string, more: object = {}) =>
  JSON.stringify({ principal: "ci", token: stored, sessions: ["ci-*"], ...more });

function open(...lines: string[]) {
  const table = createPrincipalTable();
  table.replace(parsePrincipals(lines.join("\n")));
  return table;
}

describe("a table of principals", () => {
  test("knows a token by its hash, and gives one object for all its calls", () => {
    const { secret, stored } = createToken();
    const table = open(line(stored, { roles: ["dev"], attributes: { team: "x" } }));
    const caller = table.byToken(secret);
    expect(caller?.principal).toEqual({ id: "ci", sessions: ["ci-*"], roles: ["dev"], attributes: { team: "x" } });
    expect(table.byToken(secret)?.principal).toBe(caller?.principal);
    expect(table.byToken(stored)).toBeUndefined();
    expect(stored).not.toContain(secret.slice(-43));
  });

  test("revokes at once what is gone from the file, and leaves alone what is still there", () => {
    const [kept, gone] = [createToken(), createToken()];
    const table = open(line(kept.stored), line(gone.stored));
    const [before, lost] = [table.byToken(kept.secret), table.byToken(gone.secret)];
    table.replace(parsePrincipals(line(kept.stored)));
    expect(lost?.revoked.aborted).toBe(true);
    expect(table.byToken(gone.secret)).toBeUndefined();
    expect(before?.revoked.aborted).toBe(false);
    expect(table.byToken(kept.secret)).toBe(before);
  });

  test("lets a token hold until the moment that its line says, however far away that is", () => {
    const { secret, stored } = createToken();
    const dayMs = 86_400_000;
    const table = open(line(stored, { expires: new Date(Date.now() + 60 * dayMs).toISOString() }));
    const caller = table.byToken(secret);
    vi.advanceTimersByTime(60 * dayMs - 1);
    expect([table.byToken(secret), caller?.revoked.aborted]).toEqual([caller, false]);
    vi.advanceTimersByTime(1);
    expect([table.byToken(secret), caller?.revoked.aborted]).toEqual([undefined, true]);
  });

  test("goes by the clock where that is set, or the machine has slept: it lets nobody in for longer, nor keeps anybody out for good", () => {
    const { secret, stored } = createToken();
    const hourMs = 3_600_000;
    const startedAtMs = Date.now();
    const table = open(line(stored, { expires: new Date(startedAtMs + 10 * hourMs).toISOString() }));
    const caller = table.byToken(secret);
    vi.setSystemTime(startedAtMs + 11 * hourMs);
    expect(table.byToken(secret)).toBeUndefined();
    expect(caller?.revoked.aborted).toBe(true);
    vi.setSystemTime(startedAtMs + hourMs);
    const again = table.byToken(secret);
    expect(again).toMatchObject({ principal: caller?.principal, revoked: { aborted: false } });
    // What runs on it ends within a minute.
    vi.setSystemTime(startedAtMs + 10 * hourMs);
    vi.advanceTimersByTime(60_000);
    expect(again?.revoked.aborted).toBe(true);
  });

  test("knows a certificate by any of its names", () => {
    const entry = (name: string, principal: string) =>
      JSON.stringify({ principal, certificate: name, sessions: ["*"] });
    const table = open(entry("CN:worker", "a"), entry("URI:spiffe://x/y", "b"));
    const find = (commonName: string, ...alternativeNames: string[]) =>
      table.byCertificate({ commonName, alternativeNames })?.principal.id;
    expect(find("worker")).toBe("a");
    expect(find("worker", "DNS:worker", "URI:spiffe://x/y")).toBe("b");
    expect(find("other", "DNS:worker")).toBeUndefined();
    expect(find("")).toBeUndefined();
  });
});

describe("a file of principals", () => {
  const { stored } = createToken();
  test.each([
    ["no JSON", "{", "line 1: it is no JSON object"],
    ["a list", "[]", "line 1: the object"],
    ["no principal", JSON.stringify({ token: stored, sessions: ["*"] }), "line 1: principal"],
    ["no sessions", JSON.stringify({ principal: "x", token: stored, sessions: [] }), "line 1: sessions"],
    ["an unknown field", line(stored, { role: "x" }), "line 1: the object: has a field that is not known"],
    ["nothing to show", JSON.stringify({ principal: "x", sessions: ["*"] }), "must have a token or a certificate"],
    ["two things to show", line(stored, { certificate: "CN:x" }), "and not both"],
    ["one thing shown twice", `${line(stored)}\n${line(stored)}`, "line 2: what it shows is shown by a line before it"],
    ["a time that is none", line(stored, { expires: "tomorrow" }), "line 1: expires"],
  ])("with %s is refused", (_, text, message) => {
    expect(() => parsePrincipals(text)).toThrow(message);
  });

  test("with a secret where a hash belongs is refused without repeating it", () => {
    const { secret, stored } = createToken();
    for (const text of [line(secret), secret, `${secret}{`, line(stored, { [secret]: 1 })]) {
      const message = (() => {
        try {
          return String(parsePrincipals(text));
        } catch (error) {
          return String(error);
        }
      })();
      expect(message).toContain("PrincipalsError: line 1");
      expect(message).not.toContain(secret);
    }
  });
});
