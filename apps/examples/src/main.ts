#!/usr/bin/env node
// `npm run example -- NAME [ARGUMENTS]`; without a name it lists what there is.

/** A program that shows something, and the one line that says what. */
interface Example {
  readonly shows: string;
  /** Loads the program only when it is asked for, and runs it with the arguments behind its name. */
  run(args: readonly string[]): Promise<void>;
}

const examples: Readonly<Record<string, Example>> = {
  browser: {
    shows: "a page with live inputs, in as many windows as you like; `browser PORT` chooses the port",
    run: async (args) => (await import("./browser/browser.ts")).runBrowser(args),
  },
  python: {
    shows: "a Python program and a TypeScript program on the same variables, over gRPC",
    run: async () => (await import("./python/python.ts")).runPython(),
  },
};

const [name = "", ...args] = process.argv.slice(2);
const example = Object.hasOwn(examples, name) ? examples[name] : undefined;
if (example === undefined) {
  const width = Math.max(...Object.keys(examples).map(({ length }) => length));
  const list = Object.entries(examples).map(([name, { shows }]) => `  ${name.padEnd(width)}  ${shows}`);
  console.error([...(name === "" ? [] : [`there is no example "${name}"`]), "Examples:", ...list].join("\n"));
  process.exitCode = name === "" ? 0 : 2;
} else {
  await example.run(args);
}
