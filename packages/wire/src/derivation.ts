import { type Derivation, type Staleness, StoreError, unknownDerivation } from "@trimtab/core";
import { encodeText } from "./caller-data.ts";
import type { Derivation as WireDerivation, Staleness as WireStaleness } from "./gen/trimtab/v1/variable_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/**
 * Puts on the wire how a variable's value is made, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` for what is neither an expression nor a function, or is ill-formed text
 */
export function toWireDerivation(derivation: Derivation): WireDerivation {
  switch (derivation.kind) {
    case "expression":
      return message({ case: "expression", value: encodeText(derivation.expression, "derivation") });
    case "function":
      return message({ case: "function", value: encodeText(derivation.name, "derivation") });
    default:
      throw new StoreError(unknownDerivation());
  }
}

const message = (kind: WireDerivation["kind"]): WireDerivation => ({ $typeName: "trimtab.v1.Derivation", kind });

/**
 * Reads how a variable's value is made.
 *
 * @throws StoreError `invalid_argument` naming the path, where it is absent or of no kind
 */
export function fromWireDerivation(derivation: WireDerivation | undefined, path = "derivation"): Derivation {
  switch (derivation?.kind.case) {
    case "expression":
      return { kind: "expression", expression: derivation.kind.value };
    case "function":
      return { kind: "function", name: derivation.kind.value };
    default:
      throw refuseMessage(path, derivation === undefined ? "is required" : "has no kind");
  }
}

/** Puts on the wire why a derived variable keeps an old value. */
export const toWireStaleness = ({ cause, sinceRevision }: Staleness): WireStaleness => ({
  $typeName: "trimtab.v1.Staleness",
  cause,
  sinceRevision: toUint64(sinceRevision),
});

/** Reads why a derived variable keeps an old value. */
export const fromWireStaleness = ({ cause, sinceRevision }: WireStaleness, path: string): Staleness => ({
  cause,
  sinceRevision: fromUint64(sinceRevision, `${path}.since_revision`),
});
