import type { Principal } from "@trimtab/core";

/** Who calls where nobody asks: whatever session a call names is the one that makes it. */
export const anyone: Principal = { id: "", sessions: ["*"], believesSession: true };
