import { channel } from "node:diagnostics_channel";

/** Where writing may be interrupted so that something is left half done. */
export const writePoints = [
  "opening",
  "schema made",
  "watermark opened",
  "transaction begun",
  "write applied",
  "transaction about to commit",
  "transaction committed",
  "about to answer",
  "watermark set",
  "swept",
  "about to close",
  "database closed",
  "backup begun",
  "backup copied",
  "backup flushed",
  "backup noted",
  "backup named",
] as const;

/** One of {@link writePoints}. */
export type WritePoint = (typeof writePoints)[number];

/** Node's diagnostics channel that hears of each point as it is reached, in the thread that reaches it. */
const points = channel("trimtab:log-sqlite:write-point");

/** Says that writing has come to a point; costs nothing where nobody listens. */
export function reached(point: WritePoint): void {
  if (points.hasSubscribers) points.publish(point);
}
