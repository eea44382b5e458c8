import type { ValueRecord } from "./payload.ts";
import type { SessionState } from "./session-state.ts";
import type { Variable } from "./variable.ts";

/** Whether something says of itself, or in its metadata, that its value is to be kept from those who may not read it. */
export const saysSensitive = ({
  sensitive,
  metadata,
}: {
  readonly sensitive?: boolean;
  readonly metadata?: ValueRecord;
}): boolean => sensitive === true || metadata?.["sensitive"] === true;

/** Whether what a variable holds is to be kept from those who may not read it: it says so, or it comes from something that does. */
export const isSensitive = (state: Pick<SessionState, "variables" | "dependencies">, variable: Variable): boolean =>
  saysSensitive(variable) || (variable.derivation !== undefined && behind(state, variable).some(saysSensitive));

/** Everything that a derived variable's value comes from, over however many others. */
export function behind(
  { variables, dependencies }: Pick<SessionState, "variables" | "dependencies">,
  variable: Variable,
): Variable[] {
  const found = new Map<string, Variable>();
  const open = [variable];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { dependsOn } of next.derivation === undefined ? [] : dependencies.dependenciesOf(next.id)) {
      const source = variables.get(dependsOn);
      if (source === undefined || found.has(dependsOn)) continue;
      found.set(dependsOn, source);
      open.push(source);
    }
  }
  return [...found.values()];
}
