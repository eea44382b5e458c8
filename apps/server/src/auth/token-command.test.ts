import { expect, test } from "vitest";
import { runTokenCommand } from "./token-command.ts";

test("token prints a token, and a line that holds its hash, patterns, roles and end", () => {
  const made = runTokenCommand(["token", "ci", "--sessions", "ci-*, x", "--roles", "dev", "--expires-days", "2"], 0);
  expect(made?.status).toBe(0);
  const lines = made?.output.split("\n") ?? [];
  expect(lines[1]).toMatch(/^trimtab_[\w-]+$/);
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({
    principal: "ci",
    token: expect.stringMatching(/^\w+:[\da-f]{64}$/),
    sessions: ["ci-*", "x"],
    roles: ["dev"],
    expires: "1970-01-03T00:00:00.000Z",
  });
});

test.each<[string[], string]>([
  [[], "NAME is missing"],
  [["a", "b"], "one NAME is wanted, got a b"],
  [["ci", "--expires-days", "soon"], '--expires-days: must be a whole number from 1 to 99999, got "soon"'],
  [["ci", "--sessions", ","], "--sessions: must be patterns"],
  [["ci", "--rolls", "dev"], "--rolls"],
])("token %o says what is wrong, and how it is used", (args, message) => {
  const refused = runTokenCommand(["token", ...args]);
  expect(refused?.status).toBe(2);
  expect(refused?.output).toContain(message);
  expect(refused?.output).toContain("usage: trimtab-server token NAME");
});

test("arguments that are no such command are left alone", () => {
  expect(runTokenCommand(["--listen", "127.0.0.1:0"])).toBeUndefined();
});
