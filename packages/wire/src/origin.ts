import type { Origin } from "@trimtab/core";
import { Origin as WireOrigin } from "./gen/trimtab/v1/session_pb.ts";
import { fromKnown, toKnown } from "./known.ts";

const wireOrigins = {
  typescript: WireOrigin.TYPESCRIPT,
  python: WireOrigin.PYTHON,
  elixir: WireOrigin.ELIXIR,
  other: WireOrigin.OTHER,
} as const satisfies Record<Origin, WireOrigin>;

const coreOrigins = new Map<WireOrigin, Origin>(
  Object.entries(wireOrigins).map(([origin, wire]) => [wire, origin as Origin]),
);

/**
 * Puts an origin on the wire.
 *
 * @throws StoreError `invalid_argument` for one that is none
 */
export const toWireOrigin = (origin: Origin): WireOrigin => toKnown(wireOrigins, origin, "origin");

/** Reads an origin; one that is not said or not known here is `other`. */
export const fromWireOrigin = (origin: WireOrigin): Origin => coreOrigins.get(origin) ?? "other";

/**
 * Reads an origin that is looked for, where one is.
 *
 * @throws StoreError `invalid_argument` naming the path, for one that is not known here
 */
export const fromWantedOrigin = (origin: WireOrigin, path: string): Origin | undefined =>
  origin === WireOrigin.UNSPECIFIED ? undefined : fromKnown(wireOrigins, origin, path);
