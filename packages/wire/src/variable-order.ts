import type { VariableOrder } from "@trimtab/core";
import { VariableOrder as WireOrder } from "./gen/trimtab/v1/variable_pb.ts";
import { fromKnown, toKnown } from "./known.ts";

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
export const toWireVariableOrder = (order: VariableOrder): WireOrder => toKnown(orders, order, "orderBy");

/**
 * Reads the order of a list; not said means `created`.
 *
 * @throws StoreError `invalid_argument` for a choice that is not known here
 */
export const fromWireVariableOrder = (order: WireOrder): VariableOrder =>
  order === WireOrder.UNSPECIFIED ? "created" : fromKnown(orders, order, "order_by");
