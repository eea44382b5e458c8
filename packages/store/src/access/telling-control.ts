import type { AccessControl, Telemetry } from "@trimtab/core";
import type { Clock } from "../clock.ts";

/** Tells of every answer of what judges access, and of the rule that decided. Costs a check while nobody listens. */
export const createTellingControl = (control: AccessControl, telemetry: Telemetry, clock: Clock): AccessControl => ({
  explain: (question) => control.explain(question),
  authorize(question) {
    if (!telemetry.hears("dspex.bridge.variables.access_check")) return control.authorize(question);
    const startedAt = clock.elapsed();
    const answer = control.authorize(question);
    const { caller, owner, permission, variable } = question;
    telemetry.emit({
      kind: "dspex.bridge.variables.access_check",
      measurements: { duration_us: Math.round((clock.elapsed() - startedAt) * 1000) },
      metadata: {
        session_id: owner,
        variable_id: variable?.id ?? "",
        permission,
        result: answer.allowed ? "allowed" : "denied",
        caller_session_id: caller.session,
        principal: caller.principal,
        rule_id: answer.rule?.id ?? "",
      },
    });
    return answer;
  },
});
