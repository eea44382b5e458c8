import {
  type AnyVariableType,
  constraintIssue,
  type DeclarationOptions,
  isInt64,
  typeIssue,
  type VariableDeclaration,
  type VariableType,
} from "@trimtab/core";
import { declareVariable } from "@trimtab/types";
import * as z from "zod";

// A type as somebody outside would write it, knowing only what @trimtab/core exports. Files like this one are what a server is
// given with `--types`.

/** An amount of money, in the smallest unit of its currency. */
export interface Money {
  readonly units: bigint;
  readonly currency: string;
}

/** Limits of a money variable, in units of its currency. */
export type MoneyConstraints = {
  /** The only currency that is taken; three capital letters. */
  readonly currency?: string;
  /** Least units, inclusive; needs a currency. */
  readonly min?: number;
  /** Most units, inclusive; needs a currency. */
  readonly max?: number;
};

const currency = z.string().regex(/^[A-Z]{3}$/, "must be three capital letters");
const limit = z.int("must be a whole number");

const isRecord = (input: unknown) =>
  typeof input === "object" && input !== null && Object.getPrototypeOf(input) === Object.prototype;

const constraints = z
  .custom<object>(isRecord, "must be named values")
  .pipe(
    z.strictObject({ currency: z.exactOptional(currency), min: z.exactOptional(limit), max: z.exactOptional(limit) }),
  )
  .refine((given) => given.currency !== undefined || (given.min === undefined && given.max === undefined), {
    path: ["currency"],
    message: "is needed where there is a limit",
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    path: ["min"],
    message: "is above max",
  });

/** Money in a currency. Takes records of units and currency, texts like `12.50 EUR`, and plain units where the currency is fixed. */
export const moneyType: VariableType<Money, MoneyConstraints> = {
  name: "acme.money",
  constraints: constraints as z.ZodType<MoneyConstraints>,
  values: (limits) =>
    z.transform((input: unknown, context) => {
      const money = readMoney(input, limits.currency);
      const issue =
        money === undefined ? typeIssue("must be money, for instance 12.50 EUR", input) : broken(money, limits);
      if (issue === undefined && money !== undefined) return money;
      if (issue !== undefined) context.issues.push(issue);
      return z.NEVER;
    }),
  encode: ({ units, currency }) => ({
    kind: "map",
    value: new Map([
      ["currency", { kind: "string", value: currency }],
      ["units", { kind: "integer", value: units }],
    ]),
  }),
  decode(payload) {
    const entries = payload.kind === "map" && payload.value.size === 2 ? payload.value : undefined;
    const [units, name] = [entries?.get("units"), entries?.get("currency")];
    if (units?.kind !== "integer" || !isInt64(units.value) || name?.kind !== "string" || !isCurrency(name.value))
      throw new TypeError("no stored money");
    return { units: units.value, currency: name.value };
  },
  equals: (a, b) => a.units === b.units && a.currency === b.currency,
  space: ({ min, max }) =>
    min === undefined || max === undefined ? undefined : { kind: "integer", min: BigInt(min), max: BigInt(max) },
};

const isCurrency = (input: unknown): input is string => currency.safeParse(input).success;

function readMoney(input: unknown, fixed: string | undefined): Money | undefined {
  if (typeof input === "string") return readText(input);
  if (typeof input === "object" && input !== null && "units" in input && "currency" in input) {
    const units = toUnits(input.units);
    if (Object.keys(input).length !== 2 || units === undefined || !isCurrency(input.currency)) return undefined;
    return { units, currency: input.currency };
  }
  const units = fixed === undefined ? undefined : toUnits(input);
  return units === undefined || fixed === undefined ? undefined : { units, currency: fixed };
}

function readText(text: string): Money | undefined {
  const [, whole, cents, name] = /^(-?\d{1,15})\.(\d\d) ([A-Z]{3})$/.exec(text) ?? [];
  return name === undefined ? undefined : { units: BigInt(`${whole}${cents}`), currency: name };
}

function toUnits(input: unknown): bigint | undefined {
  if (typeof input === "bigint") return isInt64(input) ? input : undefined;
  return Number.isSafeInteger(input) ? BigInt(input as number) : undefined;
}

function broken(money: Money, { currency, min, max }: MoneyConstraints) {
  const { units } = money;
  const asked = { currency: money.currency, units };
  if (currency !== undefined && money.currency !== currency) {
    const issue = { constraint: "currency", limit: currency, value: asked };
    return constraintIssue(`currency ${money.currency} is not ${currency}`, money, issue);
  }
  if (min !== undefined && units < min)
    return constraintIssue(`${units} is below ${min}`, money, { constraint: "min", limit: min, value: asked });
  if (max !== undefined && units > max)
    return constraintIssue(`${units} is above ${max}`, money, { constraint: "max", limit: max, value: asked });
  return undefined;
}

/** Declares a money variable. */
export const money = (options: MoneyConstraints & DeclarationOptions<Money> = {}): VariableDeclaration<Money> =>
  declareVariable(moneyType, options);

/** What `--types` looks for. */
export const types: readonly AnyVariableType[] = [moneyType];
