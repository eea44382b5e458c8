import {
  constraintIssue,
  type Payload,
  typeIssue,
  type Value,
  type VariableDeclaration,
  type VariableType,
} from "@trimtab/core";
import * as z from "zod";

// A type as somebody else would write it: it knows Trimtab, and Trimtab does not know it.

/** An amount in the smallest unit of a currency, which no rounding ever touches. */
export type Money = { readonly amount: bigint; readonly currency: string };

/** What sums are allowed. */
export type MoneyConstraints = { readonly currency?: string; readonly max?: number };

const currency = z.string().regex(/^[A-Z]{3}$/, "must be three capital letters");

/** Reads `{ amount, currency }` as well as text such as `1.50 EUR`. */
function readMoney(input: unknown): Money | undefined {
  if (typeof input === "string") {
    const [, units, cents = "", code] = /^(\d{1,15})(?:\.(\d{2}))? ([A-Z]{3})$/.exec(input) ?? [];
    return units === undefined || code === undefined
      ? undefined
      : { amount: BigInt(units) * 100n + BigInt(cents || 0), currency: code };
  }
  if (typeof input !== "object" || input === null) return undefined;
  const { amount, currency: code } = input as { amount?: unknown; currency?: unknown };
  // A plain integer is a number where a number tells it exactly.
  const exact = typeof amount === "number" && Number.isSafeInteger(amount) ? BigInt(amount) : amount;
  const isMoney = typeof exact === "bigint" && currency.safeParse(code).success;
  return isMoney ? { amount: exact, currency: `${code}` } : undefined;
}

export const moneyType: VariableType<Money, MoneyConstraints> = {
  name: "money",
  constraints: z.strictObject({ currency: z.exactOptional(currency), max: z.exactOptional(z.int()) }),
  values: ({ currency: only, max }) =>
    z.unknown().transform((input, context) => {
      const value = readMoney(input);
      if (value === undefined) context.issues.push(typeIssue("must be money, as in 1.50 EUR", input));
      else if (only !== undefined && value.currency !== only) {
        const message = `${value.currency} is not ${only}`;
        const broken = { constraint: "currency", limit: only, value: value.currency };
        context.issues.push({ ...constraintIssue(message, input, broken), path: ["currency"] });
      } else if (max !== undefined && value.amount > max) {
        const message = `value ${value.amount} is above maximum ${max}`;
        context.issues.push(constraintIssue(message, input, { constraint: "max", limit: max, value: value.amount }));
      }
      return value ?? z.NEVER;
    }),
  encode: ({ amount, currency: code }) => ({
    kind: "map",
    value: new Map<string, Payload>([
      ["amount", { kind: "integer", value: amount }],
      ["currency", { kind: "string", value: code }],
    ]),
  }),
  decode(payload) {
    const amount = payload.kind === "map" ? payload.value.get("amount") : undefined;
    const code = payload.kind === "map" ? payload.value.get("currency") : undefined;
    if (amount?.kind !== "integer" || code?.kind !== "string") throw new TypeError("no money");
    return { amount: amount.value, currency: code.value };
  },
  equals: (a, b) => a.amount === b.amount && a.currency === b.currency,
  space: () => undefined,
};

/** Declares a sum of money. */
export const money = ({
  default: initial,
  ...constraints
}: MoneyConstraints & { default?: Money }): VariableDeclaration<Money> => ({
  type: moneyType,
  constraints: constraints as Readonly<Record<string, Value>>,
  ...(initial !== undefined && { default: initial }),
});

/** What the server looks for in a module of types. */
export const types = [moneyType];
