import { EntryMap, normalKey } from "./cel-map.ts";
import { Failure, fail, type Result, shownType, typeOf } from "./cel-value.ts";
import { type Compiled, type Context, compileNode, failedAt } from "./compile-node.ts";
import { charge, type Frame } from "./frame.ts";
import type { Node } from "./node.ts";

/** Compiles a map that is written out; two equal keys, or one that can be no key, make it fail. */
export function compileMap(node: Extract<Node, { kind: "map" }>, context: Context): Compiled {
  const parts = node.entries.map(([key, value]) => ({
    at: key.at,
    key: compileNode(key, context).run,
    value: compileNode(value, context).run,
  }));
  const run = (frame: Frame): Result => {
    charge(frame, 1 + 2 * parts.length);
    const map = new EntryMap();
    for (const part of parts) {
      const [key, value] = [part.key(frame), part.value(frame)];
      if (key instanceof Failure) return key;
      if (value instanceof Failure) return value;
      const normal = typeof key === "number" ? undefined : normalKey(key);
      if (normal === undefined) return failedAt(fail(`a ${shownType(typeOf(key))} can be no key of a map`), part.at);
      if (!map.add(normal, key, value)) return failedAt(fail("a map has the same key twice"), part.at);
    }
    return map;
  };
  return { type: "map", run };
}
