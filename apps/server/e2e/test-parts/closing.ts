import type { EventEmitter } from "node:events";

/** Resolves when a connection or a stream is closed, also where it was reset; asked for before anything may end it. */
export function closing(end: EventEmitter): Promise<unknown> {
  end.on("error", () => {});
  return new Promise((resolve) => end.once("close", resolve));
}
