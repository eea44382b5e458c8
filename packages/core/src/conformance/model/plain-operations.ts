import {
  bounds,
  changeOf,
  commit,
  type PlainOutcome,
  type PlainRule,
  type PlainSession,
  type PlainVariable,
  withDependents,
  write,
} from "./plain-session.ts";

const refused = (reason: string): PlainOutcome => ({ refused: reason });
const isWithin = (value: number) => value >= bounds.min && value <= bounds.max;

/** Registers a variable of its own. */
export function register(session: PlainSession, name: string, value: number): PlainOutcome {
  if (session.state.variables.has(name)) return refused("already_exists");
  if (!isWithin(value)) return refused("constraint_violation");
  const change = changeOf(session);
  change.variables.set(name, { name, value, version: 0, dependsOn: new Set(), versions: [value] });
  return commit(session, change);
}

/** Registers a variable that is the sum of two others. */
export function registerSum(session: PlainSession, name: string, of: readonly [string, string]): PlainOutcome {
  const { variables } = session.state;
  if (variables.has(name)) return refused("already_exists");
  if (of.some((each) => !variables.has(each))) return refused("not_found");
  const value = (variables.get(of[0])?.value ?? 0) + (variables.get(of[1])?.value ?? 0);
  if (!isWithin(value)) return refused("constraint_violation");
  const change = changeOf(session);
  change.variables.set(name, { name, value, version: 0, sumOf: of, dependsOn: new Set(of), versions: [value] });
  return commit(session, change);
}

/** Why one value cannot be set, where it cannot. */
function problemOf(
  variable: PlainVariable | undefined,
  value: number,
  expected: number | undefined,
): string | undefined {
  if (variable === undefined) return "not_found";
  if (expected !== undefined && expected !== variable.version) return "version_mismatch";
  if (variable.sumOf !== undefined) return "read_only";
  return isWithin(value) ? undefined : "constraint_violation";
}

/** Sets several values; where not `atomic`, those that can be. */
export function setAll(
  session: PlainSession,
  updates: ReadonlyMap<string, number>,
  { atomic, expected }: { atomic: boolean; expected?: number | undefined },
): PlainOutcome {
  const change = changeOf(session);
  for (const [name, value] of updates) {
    const variable = change.variables.get(name);
    const problem = problemOf(variable, value, expected);
    if (problem !== undefined && atomic) return refused(problem);
    if (problem !== undefined || variable === undefined) continue;
    change.variables.set(name, write(variable, value));
    change.written.add(name);
  }
  return change.written.size === 0 ? {} : commit(session, change);
}

/** Deletes a variable; where it is to cascade with all that depends on it and the rules that name any, and refused otherwise where there are such. */
export function remove(session: PlainSession, name: string, cascade: boolean): PlainOutcome {
  const { variables, rules } = session.state;
  if (!variables.has(name)) return refused("not_found");
  const doomed = withDependents(variables, name);
  const isRuled = [...rules.values()].some((rule) => rule.includes(name));
  if (!cascade && (doomed.size > 1 || isRuled)) return refused("has_dependents");
  const change = changeOf(session);
  for (const each of doomed) change.variables.delete(each);
  for (const [rule, names] of rules) if (names.some((each) => doomed.has(each))) change.rules.delete(rule);
  return commit(session, change);
}

/** Has one variable depend on another; refused where that would close a cycle. Nothing happens where it does already. */
export function addDependency(session: PlainSession, name: string, on: string): PlainOutcome {
  const { variables } = session.state;
  const variable = variables.get(name);
  if (variable === undefined || !variables.has(on)) return refused("not_found");
  if (withDependents(variables, name).has(on)) return refused("would_create_cycle");
  if (variable.dependsOn.has(on)) return {};
  const change = changeOf(session);
  change.variables.set(name, { ...variable, dependsOn: new Set([...variable.dependsOn, on]) });
  change.demanded.add(name);
  return commit(session, change);
}

/** Takes a dependency away, but for one that a sum needs. */
export function removeDependency(session: PlainSession, name: string, on: string): PlainOutcome {
  const { variables } = session.state;
  const variable = variables.get(name);
  if (variable === undefined || !variables.has(on) || !variable.dependsOn.has(on)) return refused("not_found");
  if (variable.sumOf?.includes(on)) return refused("unmet_dependencies");
  const change = changeOf(session);
  change.variables.set(name, {
    ...variable,
    dependsOn: new Set([...variable.dependsOn].filter((each) => each !== on)),
  });
  change.demanded.add(name);
  return commit(session, change);
}

/** Makes a derived variable an ordinary one; nothing happens to one that is. */
export function clearDerivation(session: PlainSession, name: string): PlainOutcome {
  const variable = session.state.variables.get(name);
  if (variable === undefined) return refused("not_found");
  if (variable.sumOf === undefined) return {};
  const { sumOf: _, staleAt: __, ...plain } = variable;
  const change = changeOf(session);
  change.variables.set(name, plain);
  return commit(session, change);
}

/** Puts a rule, which must hold at once. */
export function putRule(session: PlainSession, name: string, rule: PlainRule): PlainOutcome {
  const { variables } = session.state;
  const [left, right] = rule.map((each) => variables.get(each));
  if (left === undefined || right === undefined) return refused("not_found");
  if (left.value > right.value) return refused("rule_violation");
  const change = changeOf(session);
  change.rules.set(name, rule);
  return commit(session, change);
}

/** Deletes a rule. */
export function deleteRule(session: PlainSession, name: string): PlainOutcome {
  if (!session.state.rules.has(name)) return refused("not_found");
  const change = changeOf(session);
  change.rules.delete(name);
  return commit(session, change);
}

/** Gives a variable the value that one of its versions had, as a new version. */
export function rollback(session: PlainSession, name: string, version: number): PlainOutcome {
  const variable = session.state.variables.get(name);
  if (variable === undefined) return refused("not_found");
  const value = variable.versions[version];
  if (value === undefined) return refused("version_not_found");
  if (variable.sumOf !== undefined) return refused("cannot_rollback");
  if (version === variable.version) return {};
  const change = changeOf(session);
  change.variables.set(name, write(variable, value));
  change.written.add(name);
  return commit(session, change);
}

/** Gives every variable that was there, and is the same one still, the value that it had. */
export function rollbackAll(session: PlainSession, revision: number): PlainOutcome {
  const past = session.past.get(revision);
  if (past === undefined) return refused("not_found");
  const change = changeOf(session);
  for (const [name, variable] of change.variables) {
    const then = past.variables.get(name);
    if (then === undefined || variable.sumOf !== undefined || then.value === variable.value) continue;
    // One that was deleted and registered again has the name and nothing else.
    if (then.versions.some((value, index) => variable.versions[index] !== value)) continue;
    if (isReborn(session, name, revision)) continue;
    change.variables.set(name, write(variable, then.value));
    change.written.add(name);
  }
  return change.written.size === 0 ? {} : commit(session, change);
}

/** Whether the variable of a name has been deleted since. */
function isReborn(session: PlainSession, name: string, since: number): boolean {
  for (let revision = since; revision <= session.revision; revision++) {
    if (!session.past.get(revision)?.variables.has(name)) return true;
  }
  return false;
}

/** Puts a label on a revision that there has been. */
export function setLabel(session: PlainSession, name: string, revision: number): PlainOutcome {
  if (!session.past.has(revision)) return refused("not_found");
  session.labels.set(name, revision);
  return commit(session, changeOf(session));
}
