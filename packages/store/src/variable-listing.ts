import {
  checkChoice,
  comingsOf,
  emptyRecord,
  type ListVariablesOptions,
  listVariables,
  origins,
  parseRecord,
  payloadEquals,
  readPattern,
  type SessionState,
  StoreError,
  toPayload,
  type Variable,
  type VariableOrder,
  type VariablePage,
  variableOrders,
} from "@trimtab/core";
import { inOrder, type Ordered, pageOfOrdered, type SortKey } from "./paging.ts";

/** One page of a session's variables: those that are asked for, in the order asked for. */
export function pageOfVariables(state: SessionState, options: ListVariablesOptions): VariablePage {
  const selects = createFilter(options);
  const order = orderOf(options);
  const page = pageOfOrdered(inListingOrder(state, order), options, { keyOf: keys[order], selects });
  const items = options.includeMetadata === false ? page.items.map(withoutMetadata) : page.items;
  return { ...page, items, revision: state.revision };
}

/**
 * The key by which variables are listed. Those registered in one commit share its time, and the number in their ids
 * tells their order; those from elsewhere may share that number too.
 */
export const byBirth = ({ createdAtMs, id }: Variable): SortKey => [
  createdAtMs,
  Number(id.slice(id.lastIndexOf("_") + 1)),
  id,
];

/** Each order has keys of its own form, so that a token of one is none of another. */
const keys: { readonly [K in VariableOrder]: (variable: Variable) => SortKey } = {
  created: byBirth,
  name: ({ name }) => [name],
  updated: ({ updatedAtMs, id }) => [-updatedAtMs, id],
};

function orderOf({ orderBy = "created" }: ListVariablesOptions): VariableOrder {
  const wrong = checkChoice(orderBy, "orderBy", variableOrders);
  if (wrong !== undefined) throw new StoreError(wrong);
  return orderBy;
}

/** Fewer variables than this are put in order for each page. */
const worthKeeping = 256;

/** The ids of a session's variables as they were listed last, and what has to be as it was for them to be so still. */
interface Listing {
  readonly order: VariableOrder;
  readonly stamp: number;
  readonly ids: readonly string[];
}

// Who lists many variables asks for page after page of them.
const listings = new WeakMap<SessionState, Listing>();

/** All variables in an order, which for page after page is found once. */
function inListingOrder(state: SessionState, order: VariableOrder): Ordered<Variable> {
  const stamp = order === "updated" ? state.revision : comingsOf(state.variables);
  const known = listings.get(state);
  if (known !== undefined && known.order === order && known.stamp === stamp) return byIds(state, known.ids);
  const variables = inOrder(listVariables(state), keys[order]);
  if (stamp !== undefined && variables.length >= worthKeeping) {
    const ids = variables.map(({ id }) => id);
    listings.set(state, { order, stamp, ids });
  }
  return { count: variables.length, at: (index) => variables[index] as Variable };
}

const byIds = (state: SessionState, ids: readonly string[]): Ordered<Variable> => ({
  count: ids.length,
  at: (index) => state.variables.get(ids[index] as string) as Variable,
});

/** A variable as those see it who leave metadata out. */
export const withoutMetadata = (variable: Variable): Variable => ({ ...variable, metadata: emptyRecord });

function createFilter({ pattern, type, origin, metadata }: ListVariablesOptions): (variable: Variable) => boolean {
  const matches = readPattern(pattern);
  // Integers as metadata has them, in whichever form they are asked for.
  const wrong = checkChoice(origin, "origin", origins);
  if (wrong !== undefined) throw new StoreError(wrong);
  const plain = parseRecord(metadata, "metadata", Number.POSITIVE_INFINITY);
  if (plain.kind === "refused") throw new StoreError(plain.refusal);
  const wanted = Object.entries(plain.value).map(([key, value]) => [key, toPayload(value)] as const);
  return (variable) =>
    matches(variable.name) &&
    (type === undefined || variable.type === type) &&
    (origin === undefined || variable.origin === origin) &&
    wanted.every(([key, payload]) => {
      const value = Object.hasOwn(variable.metadata, key) ? variable.metadata[key] : undefined;
      return value !== undefined && payloadEquals(toPayload(value), payload);
    });
}
