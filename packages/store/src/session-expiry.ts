import { isExpired, isHeld, type Telemetry } from "@trimtab/core";
import type { Clock } from "./clock.ts";
import type { LoadedSession, RestingSession, SessionTable } from "./session-table.ts";
import type { SessionWriter } from "./session-writer.ts";
import { tellOptimizations } from "./tell-optimizations.ts";
import { tellExpiry } from "./tell-write.ts";

/** Who ends what nobody has come for, in the audit and in histories. */
const sweeper = { actor: "trimtab" };

/** Tells which sessions have outlived their time to live, by the clock that never jumps. */
export interface SessionAges {
  /** Says whether nobody has accessed a session for too long. */
  outlived(session: RestingSession, at?: number): boolean;
  /** Says the same of one in memory, which does not expire while it is watched or read. */
  expired(session: LoadedSession, at?: number): boolean;
}

/** Makes what tells sessions' ages by a clock. */
export function createSessionAges(clock: Clock): SessionAges {
  const outlived: SessionAges["outlived"] = ({ summary, accessedAt }, at = clock.elapsed()) =>
    isExpired(summary, at - accessedAt);
  return {
    outlived,
    expired: (session, at = clock.elapsed()) =>
      outlived(session, at) && session.readers === 0 && session.runtime.watchers === 0,
  };
}

/** What ends sessions and leases that nobody has kept. */
export interface SessionExpiry {
  /** Ends a session that has expired, and that the caller holds. */
  expire(session: LoadedSession): Promise<void>;
  /** Ends a session that has outlived its time, unless somebody came just now; says whether it did. */
  expireById(id: string): Promise<boolean>;
  /** Records that leases of a session which were not renewed in time are lost. */
  abandonLeases(session: LoadedSession): Promise<void>;
}

/** What ending sessions takes. */
export interface ExpiryOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly writer: Pick<SessionWriter, "write">;
  readonly table: Pick<SessionTable, "release">;
  /** Keeps a session in memory until it is released. */
  readonly hold: (id: string) => LoadedSession | Promise<LoadedSession>;
  readonly expired: SessionAges["expired"];
}

/** Makes what ends sessions, by ordinary writes to them. */
export function createSessionExpiry(options: ExpiryOptions): SessionExpiry {
  const { clock, telemetry, writer, table, hold, expired } = options;

  const expire = async (session: LoadedSession): Promise<void> => {
    await writer.write(session, [{ kind: "delete-session", cause: "session_expired" }], sweeper);
    if (telemetry.isHeard) tellExpiry(telemetry, session.runtime.state.id);
  };

  return {
    expire,
    async expireById(id) {
      const session = await hold(id);
      try {
        if (session.summary.status !== "live" || !expired(session)) return false;
        await expire(session);
        return true;
      } finally {
        table.release(session);
      }
    },
    async abandonLeases(session) {
      const { state } = session.runtime;
      if (state.status !== "live" || state.leases.size === 0) return;
      const running = [...state.optimizations.values()].filter((record) => record.state === "running");
      if (running.every((record) => isHeld(record, clock.now()))) return;
      const { commit } = await writer.write(session, [{ kind: "abandon-optimizations" }], sweeper);
      if (telemetry.isHeard && commit !== undefined) tellOptimizations(telemetry, commit, state);
    },
  };
}
