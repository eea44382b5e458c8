import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startProcess } from "./test-parts/server-process.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

const run = (...args: string[]) =>
  execFileSync(process.execPath, ["--conditions=@trimtab/source", main, ...args], { encoding: "utf8" });

// Two processes are started, which takes a machine with other work its time.
test("no secret is printed, answered or stored, whatever goes wrong with it", async () => {
  const folder = temporaryFolder();
  const [principals, data] = [join(folder, "principals"), join(folder, "data")];
  const output = run("token", "ci", "--sessions", "*", "--expires-days", "30");
  const secret = /trimtab_\S+/.exec(output)?.[0] ?? expect.fail(output);
  const line = output.trim().split("\n").at(-1) ?? "";
  expect(JSON.parse(line)).toMatchObject({ principal: "ci", sessions: ["*"], token: expect.stringMatching(/:/) });
  writeFileSync(principals, line);

  const server = await startProcess(["--principals", principals, "--log", "sqlite", "--data", data]);
  const answers: string[] = [];
  const call = async (method: string, body: unknown, authorization: string, type = "application/json") => {
    const response = await fetch(`${server.url}/trimtab.v1.${method}`, {
      method: "POST",
      headers: { "content-type": type, authorization },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    answers.push(JSON.stringify([...response.headers]), await response.text());
    return response.status;
  };
  const good = `Bearer ${secret}`;
  const create = "SessionService/CreateSession";
  expect(await call(create, { sessionId: "s" }, good)).toBe(200);
  const spec = { name: "x", type: "float", value: { number: 1 } };
  expect(await call("VariableService/RegisterVariable", { sessionId: "s", spec }, good)).toBe(200);
  for (const authorization of [`${good}x`, `Basic ${secret}`, `Bearer  ${secret} ${secret}`, secret]) {
    expect(await call(create, {}, authorization)).toBe(401);
  }
  expect(await call(create, "{", good)).toBe(400);
  expect(await call(create, "x", good, "application/proto")).toBe(500);
  expect(await call("VariableService/GetVariable", { sessionId: "s", variable: "nope" }, good)).toBe(404);
  expect(await call("Nope/Nope", {}, good)).toBe(404);
  expect(await call("TransferService/ExportVariables", {}, good, "application/connect+json")).toBe(200);

  // A token where its hash belongs is the mistake that is made most easily.
  writeFileSync(principals, line.replace(/"token":"[^"]*"/, `"token":"${secret}"`));
  server.signal("SIGHUP");
  await expect.poll(() => server.errors()).toContain("line 1: token: must be what");
  expect(await call(create, { sessionId: "t" }, good)).toBe(200);
  server.signal("SIGTERM");
  await server.exited;

  const kept = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"));
  expect(kept.some((text) => text.includes("RegisterVariable"))).toBe(true);
  const random = secret.slice(-43);
  for (const text of [server.printed(), ...answers, ...kept]) expect(text).not.toContain(random);
}, 60_000);
