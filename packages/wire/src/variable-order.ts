import { type VariableOrder, variableOrders } from "@trimtab/core";
import { VariableOrder as WireOrder } from "./gen/trimtab/v1/variable_pb.ts";
import { fromKnown } from "./known.ts";
import { refuseMessage } from "./refuse.ts";

const orders = {
  created: WireOrder.CREATED,
  name: WireOrder.NAME,
  updated: WireOrder.UPDATED,
} as const satisfies Record<VariableOrder, WireOrder>;

/**
 * Puts the order of a list on the wire, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` for an order that is none
 */
export function toWireVariableOrder(order: VariableOrder): WireOrder {
  if (Object.hasOwn(orders, order)) return orders[order];
  throw refuseMessage("orderBy", `must be one of ${variableOrders.join(", ")}, got ${String(order)}`, String(order));
}

/**
 * Reads the order of a list; not said means `created`.
 *
 * @throws StoreError `invalid_argument` for a choice that is not known here
 */
export const fromWireVariableOrder = (order: WireOrder): VariableOrder =>
  order === WireOrder.UNSPECIFIED ? "created" : fromKnown(orders, order, "order_by");
