/**
 * Inputs that no type should trip over: a type may take one of them, but what it throws over none. Made anew on each
 * call, so that a type that changes its input spoils nobody else's. Lists of holes are as long as can be unless told otherwise.
 */
export function hostileInputs(longest = 2 ** 32 - 1): readonly (readonly [name: string, input: unknown])[] {
  return [
    ["undefined", undefined],
    ["null", null],
    ["a function", () => 1],
    ["a symbol", Symbol("value")],
    ["NaN", Number.NaN],
    ["an infinity", -Infinity],
    ["an integer beyond 64 bits", 2n ** 64n],
    ["an integer of a million digits", 10n ** 1_000_000n],
    ["text with a lone surrogate", "a\ud800b"],
    ["a long text", "x".repeat(1_000_000)],
    ["a long text of many-part characters", "e\u0301".repeat(100_000)],
    ["the name of an inherited property", "constructor"],
    ["the name of the prototype", "__proto__"],
    ["a record with an own __proto__", JSON.parse('{"__proto__": {"shape": [1], "data": [1], "module": "x"}}')],
    ["parameters with an own __proto__", JSON.parse('{"module": "constructor", "parameters": {"__proto__": 1}}')],
    ["a record without a prototype", Object.assign(Object.create(null), { value: 1 })],
    ["an object that converts badly", { valueOf: fail, toString: fail, [Symbol.toPrimitive]: fail, toJSON: fail }],
    ["a list of such objects", [{ valueOf: fail, toString: fail, [Symbol.toPrimitive]: fail }]],
    ["a boxed number", Object(1)],
    ["a date", new Date(0)],
    ["a map", new Map([["shape", [1]]])],
    ["a list with holes", new Array(3)],
    ["a long list of holes", new Array(longest)],
    ["a deeply nested list", nested(100_000)],
    ["a deeply nested list beside an element", [1, nested(100_000)]],
    ["a list that holds itself", cyclic()],
    ["a view without elements", new DataView(new ArrayBuffer(8))],
    ["an array with fewer bytes than its shape says", { dtype: "f32", shape: [4], data: new Uint8Array(4) }],
    ["an array of unknown dtype", { dtype: "__proto__", shape: [], data: new Uint8Array(0) }],
    ["an array with a fractional extent", { dtype: "u8", shape: [0.5], data: new Uint8Array(0) }],
    ["an array with a negative extent", { dtype: "u8", shape: [-1], data: new Uint8Array(0) }],
    ["an array with a bool of 2", { dtype: "bool", shape: [1], data: Uint8Array.of(2) }],
    ["an array whose extents overflow", { shape: [2 ** 40, 2 ** 40, 2 ** 40], data: [] }],
    ["a record with nested data of great depth", { shape: [2], data: [1, nested(100_000)] }],
    ["a record with a great many holes", { shape: [longest], data: new Array(longest) }],
    ["a record with nested holes", { shape: [1, longest], data: [new Array(longest)] }],
  ];
}

const fail = (): never => {
  throw new Error("must not be called");
};

function nested(depth: number): unknown {
  let list: unknown = 1;
  for (let i = 0; i < depth; i++) list = [list];
  return list;
}

function cyclic(): unknown {
  const list: unknown[] = [];
  list.push(list);
  return list;
}
