import {
  type ConfigurationsSampled,
  checkWritable,
  createRandom,
  type DecideContext,
  decideBatch,
  drawFrom,
  eventsIn,
  fromPayload,
  type Payload,
  type SampleOptions,
  type SessionEvent,
  type SessionState,
  type Space,
  storeError,
  type Value,
  type ValueRecord,
  type Variable,
} from "@trimtab/core";

/** Draws for one configuration before the rules are taken to refuse nearly everything. */
const attempts = 200;

interface Axis {
  readonly ref: string;
  readonly space: Space;
}

/**
 * Draws configurations from what the variables' own constraints allow, and keeps those that the session would take, its
 * rules included.
 *
 * @throws StoreError `unbounded_space` where the constraints of a variable leave no finite region
 */
export function sampleConfigurations(
  state: SessionState,
  variables: readonly Variable[],
  { count = 1, seed = randomSeed(), means }: SampleOptions & { means: Omit<DecideContext, "atMs"> },
): ConfigurationsSampled {
  checkRange("count", count, 1, 1000);
  checkRange("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  const context = { ...means, atMs: state.atMs };
  const axes = variables
    .filter((variable) => checkWritable(variable) === undefined)
    .map((each) => axisOf(each, context));
  const random = createRandom(seed);
  const configurations: ValueRecord[] = [];
  for (let attempt = 0; configurations.length < count && attempt < count * attempts; attempt++) {
    const commands = axes.map(({ ref, space }) => {
      const value = drawFrom(space, random);
      return { kind: "set-variable", ref, value } as const;
    });
    const decision = decideBatch(state, commands, context, { atomic: true });
    if (decision.kind === "accepted") configurations.push(configurationAfter(variables, eventsIn(decision.steps)));
  }
  return { configurations, seed, revision: state.revision };
}

const randomSeed = (): number => Number(crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n) % 2 ** 53;

function checkRange(field: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  const message = `${field} must be a whole number from ${min} to ${max}, got ${value}`;
  throw storeError("invalid_argument", message, { field, limit: value < min ? min : max, value });
}

function axisOf({ id, name, type, constraints }: Variable, { types }: DecideContext): Axis {
  const space = types.get(type)?.space(constraints);
  if (space !== undefined) return { ref: id, space };
  const message = `the constraints of ${name} leave no finite region to draw from, as min and max of a number do, or the choices of a text`;
  throw storeError("unbounded_space", message, { variable: name });
}

/** The values that there would be after a write, what is derived from it included. */
function configurationAfter(variables: readonly Variable[], events: readonly SessionEvent[]): ValueRecord {
  const written = new Map<string, Payload>();
  for (const event of events) if (event.kind === "variable-set") written.set(event.id, event.payload);
  return Object.fromEntries(
    variables.map(({ id, name, value }): [string, Value] => {
      const payload = written.get(id);
      return [name, payload === undefined ? value : fromPayload(payload)];
    }),
  );
}
