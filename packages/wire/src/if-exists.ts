import { IfExists as WireIfExists } from "./gen/trimtab/v1/session_pb.ts";
import { refuseMessage } from "./refuse.ts";

/** Puts on the wire what to do where the thing to create is already there. */
export const toWireIfExists = (ifExists: "refuse" | "keep" | undefined): WireIfExists =>
  ifExists === "keep" ? WireIfExists.KEEP : WireIfExists.REFUSE;

/**
 * Reads what to do where the thing to create is already there; not said means refuse.
 *
 * @throws StoreError `invalid_argument` for a choice that is not known here
 */
export function fromWireIfExists(ifExists: WireIfExists): "refuse" | "keep" {
  switch (ifExists) {
    case WireIfExists.UNSPECIFIED:
    case WireIfExists.REFUSE:
      return "refuse";
    case WireIfExists.KEEP:
      return "keep";
    default:
      throw refuseMessage("if_exists", `is the unknown choice ${ifExists}`, Number(ifExists));
  }
}
