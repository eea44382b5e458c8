/**
 * A session as plainly as it can be written: whole copies of everything, everything worked out from scratch, floats from
 * -100 to 100 that are sums of others at most. What it says is what a store must say.
 */
export interface PlainVariable {
  readonly name: string;
  readonly value: number;
  readonly version: number;
  /** Names of the two variables that its value is the sum of. */
  readonly sumOf?: readonly [string, string];
  /** The sum that was out of bounds, where it is stale. */
  readonly staleAt?: number;
  /** Names of what it depends on. */
  readonly dependsOn: ReadonlySet<string>;
  /** Values of all its versions. */
  readonly versions: readonly number[];
}

/** What must hold: the one value is no greater than the other. */
export type PlainRule = readonly [string, string];

/** What a session is at one revision. */
export interface PlainState {
  readonly variables: ReadonlyMap<string, PlainVariable>;
  readonly rules: ReadonlyMap<string, PlainRule>;
}

/** What came of a command: refused for a reason, or carried out. */
export type PlainOutcome = { readonly refused: string } | { readonly refused?: undefined };

/** What every value is between, ends included. */
export const bounds = { min: -100, max: 100 } as const;

/** A session with all of its past. */
export interface PlainSession {
  revision: number;
  state: PlainState;
  /** The state after each revision. */
  readonly past: Map<number, PlainState>;
  /** What a watcher is told of each revision, in no order. */
  readonly told: Map<number, readonly string[]>;
  readonly labels: Map<string, number>;
}

/** Makes a session as it is when it was just created: nothing in it, at revision 1. */
export function createPlainSession(): PlainSession {
  const state: PlainState = { variables: new Map(), rules: new Map() };
  return { revision: 1, state, past: new Map([[1, state]]), told: new Map(), labels: new Map() };
}

/** One command's doing: the variables as it leaves them, before anything follows from that. */
export interface PlainChange {
  readonly variables: Map<string, PlainVariable>;
  readonly rules: Map<string, PlainRule>;
  /** Names whose values are new, in effect or not. */
  readonly written: Set<string>;
  /** Names of derived variables to compute in any case. */
  readonly demanded: Set<string>;
}

/** Begins a change, which does nothing yet. */
export const changeOf = ({ state }: PlainSession): PlainChange => ({
  variables: new Map(state.variables),
  rules: new Map(state.rules),
  written: new Set(),
  demanded: new Set(),
});

/** Gives a variable with a value as its next version. */
export const write = (variable: PlainVariable, value: number): PlainVariable => {
  const { staleAt: _, ...rest } = variable;
  return { ...rest, value, version: variable.version + 1, versions: [...variable.versions, value] };
};

/** Completes a change with all that follows from it, and makes it the next commit unless a rule is broken. */
export function commit(session: PlainSession, change: PlainChange): PlainOutcome {
  const { variables, rules } = change;
  const before = session.state.variables;
  const isNew = (name: string) => before.get(name)?.value !== variables.get(name)?.value;
  const effective = new Set([...change.written].filter(isNew));
  const notices: string[] = [];
  for (const name of inOrder(variables)) {
    const variable = variables.get(name);
    if (variable === undefined) continue;
    const touched = [...variable.dependsOn].some((other) => effective.has(other));
    if (variable.sumOf === undefined) {
      if (touched) notices.push(`dependency-changed ${name}`);
    } else if (touched || change.demanded.has(name)) {
      const next = recompute(variable, variables);
      variables.set(name, next);
      if (next.version > variable.version) {
        effective.add(name);
        change.written.add(name);
      }
    }
  }
  for (const [left, right] of rulesOver(rules, effective)) {
    if ((variables.get(left)?.value ?? 0) > (variables.get(right)?.value ?? 0)) return { refused: "rule_violation" };
  }
  session.revision++;
  session.told.set(session.revision, [...differences(before, change), ...notices]);
  session.state = { variables, rules };
  session.past.set(session.revision, session.state);
  return {};
}

function recompute(variable: PlainVariable, variables: ReadonlyMap<string, PlainVariable>): PlainVariable {
  const [left, right] = variable.sumOf ?? ["", ""];
  const sum = (variables.get(left)?.value ?? 0) + (variables.get(right)?.value ?? 0);
  const { staleAt: _, ...fresh } = variable;
  if (sum < bounds.min || sum > bounds.max) return { ...fresh, staleAt: sum };
  return sum === variable.value ? fresh : write(variable, sum);
}

const rulesOver = (rules: ReadonlyMap<string, PlainRule>, names: ReadonlySet<string>): PlainRule[] =>
  [...rules.values()].filter((rule) => rule.some((name) => names.has(name)));

/** Names so that each comes after all that it depends on. */
function inOrder(variables: ReadonlyMap<string, PlainVariable>): string[] {
  const order = new Set<string>();
  const visit = (name: string): void => {
    if (order.has(name)) return;
    for (const other of variables.get(name)?.dependsOn ?? []) visit(other);
    order.add(name);
  };
  for (const name of variables.keys()) visit(name);
  return [...order];
}

function differences(before: ReadonlyMap<string, PlainVariable>, { variables, written }: PlainChange): string[] {
  const told: string[] = [];
  for (const [name, variable] of variables) {
    const earlier = before.get(name);
    if (earlier === undefined) told.push(`registered ${name} ${variable.value}`);
    else {
      if (String(earlier.sumOf) !== String(variable.sumOf)) told.push(`changed ${name}`);
      else if (earlier.staleAt !== variable.staleAt && variable.version === earlier.version)
        told.push(`staleness ${name}`);
      if (written.has(name)) told.push(`updated ${name} ${variable.value}`);
    }
  }
  for (const name of before.keys()) if (!variables.has(name)) told.push(`deleted ${name}`);
  return told;
}

/** Everything that depends on a variable, however far, itself included. */
export function withDependents(variables: ReadonlyMap<string, PlainVariable>, name: string): Set<string> {
  const found = new Set([name]);
  for (const each of found) {
    for (const [other, { dependsOn }] of variables) if (dependsOn.has(each)) found.add(other);
  }
  return found;
}
