import { parseArgs } from "node:util";
import type { CommandResult } from "../data-commands.ts";
import { createToken } from "./token.ts";

const usage = `usage: trimtab-server token NAME [--sessions PATTERN,...] [--roles ROLE,...] [--expires-days N]

Makes a token for the principal NAME. Prints the token, which is shown only once, and the line for the file that
--principals names. PATTERN is the id of a session that it may act as; * stands for any run of characters.`;

const options = {
  sessions: { type: "string" },
  roles: { type: "string" },
  "expires-days": { type: "string" },
} as const;

const dayMs = 86_400_000;

/** Carries out `token`: makes a token for a principal. Gives `undefined` for arguments that are no such command. */
export function runTokenCommand(args: readonly string[], nowMs = Date.now()): CommandResult | undefined {
  const [command, ...rest] = args;
  if (command !== "token") return undefined;
  const given = parse(rest);
  if (typeof given === "string") return { output: `${given}\n\n${usage}`, status: 2 };
  const { secret, stored } = createToken();
  const { name, sessions, roles, days } = given;
  const line = JSON.stringify({
    principal: name,
    token: stored,
    sessions,
    ...(roles.length > 0 && { roles }),
    ...(days !== undefined && { expires: new Date(nowMs + days * dayMs).toISOString() }),
  });
  return {
    output: `The token, for its holder alone; it is shown only now:\n${secret}\n\nThe line for the file of --principals:\n${line}`,
    status: 0,
  };
}

/** What was asked for, or a sentence that says why it cannot be made. */
function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name, ...others] = positionals;
    const days = values["expires-days"];
    if (name === undefined || name === "") return "NAME is missing";
    if (others.length > 0) return `one NAME is wanted, got ${positionals.join(" ")}`;
    if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days))
      return `--expires-days: must be a whole number from 1 to 99999, got "${days}"`;
    const sessions = list(values.sessions ?? name);
    if (sessions.length === 0) return "--sessions: must be patterns with commas between them";
    return { name, sessions, roles: list(values.roles ?? ""), days: days === undefined ? undefined : Number(days) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const list = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
