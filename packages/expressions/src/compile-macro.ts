import { CelMap } from "./cel-map.ts";
import { type Cel, type CelList, Failure, fail, isList, type Result, shownType, typeOf } from "./cel-value.ts";
import { type Compiled, type Context, compileNode, compileTruth, failedAt, type Run } from "./compile-node.ts";
import { charge, type Frame } from "./frame.ts";
import type { Node } from "./node.ts";

type MacroNode = Extract<Node, { kind: "macro" }>;

/** Compiles a macro over the items of a list or the keys of a map. */
export function compileMacro(node: MacroNode, context: Context): Compiled {
  const range = compileNode(node.range, context);
  if (context.isChecked && range.type !== "dyn" && range.type !== "list" && range.type !== "map") {
    throw context.problem(node.at, `${node.macro}() goes over a list or a map, not ${shownType(range.type)},`);
  }
  const local = context.locals.length;
  const fold = compileFold(node, { ...context, locals: [...context.locals, node.variable] });
  const run = (frame: Frame): Result => {
    charge(frame, 1);
    const items = itemsOf(frame, range.run(frame));
    if (items instanceof Failure) return failedAt(items, node.at);
    return fold(frame, items, (item) => {
      charge(frame, 1);
      frame.locals[local] = item;
    });
  };
  return { type: node.macro === "map" || node.macro === "filter" ? "list" : "bool", run };
}

function itemsOf(frame: Frame, range: Result): CelList | Failure {
  if (range instanceof Failure || isList(range as Cel)) return range as CelList | Failure;
  if (!(range instanceof CelMap)) return fail(`a macro goes over a list or a map, not ${shownType(typeOf(range))}`);
  charge(frame, range.size);
  return Array.from(range.keys());
}

type Fold = (frame: Frame, items: CelList, bind: (item: Cel) => void) => Result;

function compileFold(node: MacroNode, context: Context): Fold {
  const condition = (part: Node): Run => compileTruth(part, context, `the condition of ${node.macro}()`);
  switch (node.macro) {
    case "all":
      return quantify(condition(node.body), false);
    case "exists":
      return quantify(condition(node.body), true);
    case "exists_one":
      return foldOne(condition(node.body));
    case "filter":
      return collect(condition(node.body), undefined);
    case "map":
      return collect(node.filter && condition(node.filter), compileNode(node.body, context).run);
  }
}

/** `all` and `exists`: one item may decide, in spite of failures for others. */
const quantify =
  (holds: Run, decisive: boolean): Fold =>
  (frame, items, bind) => {
    let failure: Failure | undefined;
    for (let i = 0; i < items.length; i++) {
      bind(items.at(i) ?? null);
      const value = holds(frame);
      if (value === decisive) return decisive;
      if (value instanceof Failure) failure ??= value;
    }
    return failure ?? !decisive;
  };

const foldOne =
  (holds: Run): Fold =>
  (frame, items, bind) => {
    let count = 0;
    for (let i = 0; i < items.length; i++) {
      bind(items.at(i) ?? null);
      const value = holds(frame);
      if (value instanceof Failure) return value;
      if (value === true) count++;
    }
    return count === 1;
  };

/** `filter` and `map`: the items that pass, or what is made of them. */
const collect =
  (passes: Run | undefined, transform: Run | undefined): Fold =>
  (frame, items, bind) => {
    const collected: Cel[] = [];
    for (let i = 0; i < items.length; i++) {
      const item = items.at(i) ?? null;
      bind(item);
      const passed = passes === undefined ? true : passes(frame);
      if (passed instanceof Failure) return passed;
      if (passed !== true) continue;
      const made = transform === undefined ? item : transform(frame);
      if (made instanceof Failure) return made;
      collected.push(made);
    }
    return collected;
  };
