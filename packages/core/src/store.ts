import type { AccessStore } from "./store/access-store.ts";
import type { ConfigurationSpaceStore } from "./store/configuration-space-store.ts";
import type { DependencyStore } from "./store/dependency-store.ts";
import type { HistoryStore } from "./store/history-store.ts";
import type { LabelStore } from "./store/label-store.ts";
import type { OptimizationStore } from "./store/optimization-store.ts";
import type { ProgramStore } from "./store/program-store.ts";
import type { RuleStore } from "./store/rule-store.ts";
import type { SessionStore } from "./store/session-store.ts";
import type { TransferStore } from "./store/transfer-store.ts";
import type { VariableStore } from "./store/variable-store.ts";
import type { WatchStore } from "./store/watch-store.ts";

/**
 * What a caller sees of Trimtab, the same in process and over the network.
 *
 * A *session* is a consistency boundary: it has one gap-free `revision`, and every write to it is one commit that is
 * seen whole or not at all. Each variable also has its own `version`, 0 when registered and one more per write.
 * A `ref` is a variable's id or its name; an id wins where both exist.
 *
 * Every method rejects with a {@link StoreError}: `session_not_found` or `session_expired` where the session is not
 * there, `unavailable` where nothing could be reached, and the reasons named at each method. A call that rejects has
 * changed nothing. Reads and watches see only what is durable, and a resolved write is visible to every later read.
 */
export interface Store
  extends SessionStore,
    VariableStore,
    ProgramStore,
    WatchStore,
    DependencyStore,
    RuleStore,
    ConfigurationSpaceStore,
    HistoryStore,
    LabelStore,
    OptimizationStore,
    AccessStore,
    TransferStore {}
