import type { Commit } from "@trimtab/core";
import type { AuditCodec } from "../stored-record.ts";

/** Entries as JSON text. */
export const jsonCodec: AuditCodec = {
  encode: (entry) => new TextEncoder().encode(JSON.stringify(entry)),
  decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
};

/** A commit that sets the variable `x` of a session to its revision. */
export const commitOf = (session: string, revision: number, more: Partial<Commit> = {}): Commit => ({
  session,
  revision,
  atMs: 1_795_000_000_000 + revision,
  actor: "ada",
  origin: "typescript",
  metadata: {},
  events: [
    { kind: "variable-set", id: "var_x_1", name: "x", version: revision, payload: { kind: "number", value: revision } },
  ],
  ...more,
});
