import type { StoreError } from "@trimtab/core";
import type { ConnectionState } from "./connection-state.ts";

/** What a program sees of its connection. */
export type ConnectionStatus = "connecting" | "ready" | "stale" | "error" | "closed";

/** Sums up a state: whether values are current (`ready`), the last known (`stale`), or not there yet. */
export function statusOf(state: ConnectionState): ConnectionStatus {
  switch (state.kind) {
    case "idle":
      return "connecting";
    case "connecting":
    case "backing-off":
      return state.wasLive ? "stale" : "connecting";
    case "live":
      return "ready";
    case "stale":
      return "stale";
    case "failed":
      return "error";
    case "closed":
      return "closed";
  }
}

/** The error behind a state that is not `ready`, where there is one. */
export const errorOf = (state: ConnectionState): StoreError | undefined => ("error" in state ? state.error : undefined);
