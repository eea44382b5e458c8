import type { AccessControl, AccessQuestion, Telemetry } from "@trimtab/core";
import type { Clock } from "../clock.ts";

/** Tells of every answer of what judges access, of the rule that decided, and of the rules that were looked at. Costs a check while nobody listens. */
export const createTellingControl = (control: AccessControl, telemetry: Telemetry, clock: Clock): AccessControl => ({
  explain: (question) => control.explain(question),
  authorize(question) {
    if (telemetry.hears("trimtab.access_control.rule_evaluated")) tellRules(control, telemetry, question);
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

function tellRules(control: AccessControl, telemetry: Telemetry, question: AccessQuestion): void {
  const { owner, permission, variable } = question;
  for (const { rule, matched } of control.explain(question)) {
    telemetry.emit({
      kind: "trimtab.access_control.rule_evaluated",
      measurements: { count: 1 },
      metadata: { session_id: owner, variable_id: variable?.id ?? "", permission, rule_id: rule.id, matched },
    });
  }
}
