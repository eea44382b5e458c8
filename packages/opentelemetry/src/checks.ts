// What is wrong with an argument is said when it is handed over, and not when the first call is traced.

/** Refuses what has no such methods. */
export function checkHaving(field: string, value: unknown, ...methods: readonly string[]): void {
  if (typeof value !== "object" || value === null) throw wrong(field, value, "an object");
  for (const name of methods)
    if (typeof Reflect.get(value, name) !== "function") throw wrong(field, value, `an object with a method ${name}`);
}

/** Refuses options that there are none of, and a tracer or meter that is none. */
export function checkOptions(options: object, known: readonly string[]): void {
  checkHaving("options", options);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!known.includes(name)) {
      throw new TypeError(`${name}: options has no such field; there are ${known.join(", ")}`);
    }
    if (name === "tracer") checkHaving(name, value, "startSpan");
    if (name === "meter") checkHaving(name, value, "createHistogram", "createCounter", "createUpDownCounter");
  }
}

/** Makes the error of an argument that is of another kind than it must be. */
export function wrong(field: string, value: unknown, what: string): TypeError {
  const kind = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  return new TypeError(`${field} must be ${what}, got ${kind}`);
}
