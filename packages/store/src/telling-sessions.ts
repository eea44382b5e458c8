import type { Telemetry } from "@trimtab/core";
import type { Clock } from "./clock.ts";
import type { Sessions } from "./sessions.ts";
import { type ToldWrite, tellRefusal, tellWrite } from "./tell-write.ts";

/** Sessions that tell of every access and every write. Costs one check for each while nobody listens. */
export function createTellingSessions(sessions: Sessions, telemetry: Telemetry, clock: Clock): Sessions {
  const write: Sessions["write"] = async (id, commands, by) => {
    const startedAt = clock.elapsed();
    const told = (): ToldWrite => {
      const durationMs = clock.elapsed() - startedAt;
      const principal = by.access?.caller.principal ?? "";
      return { session: id, commands, principal, isBatch: by.isBatch === true, durationMs };
    };
    try {
      const result = await sessions.write(id, commands, by);
      if (by.validateOnly === true || result.isRepeated === true) return result;
      // Once it is deleted there is no session to look its variables up in.
      const state = await sessions.live(id).then(
        ({ runtime }) => runtime.state,
        () => undefined,
      );
      tellWrite(telemetry, told(), result, state);
      return result;
    } catch (error) {
      tellRefusal(telemetry, told(), error);
      throw error;
    }
  };
  return {
    ...sessions,
    write: (id, commands, by) => (telemetry.isHeard ? write(id, commands, by) : sessions.write(id, commands, by)),
    access: (id, use) => {
      if (!telemetry.hears("trimtab.session.accessed")) return sessions.access(id, use);
      return sessions.access(id, (session) => {
        telemetry.emit({
          kind: "trimtab.session.accessed",
          measurements: { count: 1 },
          metadata: { session_id: id },
        });
        return use(session);
      });
    },
  };
}
