#!/usr/bin/env node
// `npm run example -- NAME [ARGUMENTS]`; without a name it lists what there is.

/** A program that shows something, and the one line that says what. */
interface Example {
  readonly shows: string;
  /** Loads the program only when it is asked for, and runs it with the arguments behind its name. */
  run(args: readonly string[]): Promise<unknown>;
}

const examples: Readonly<Record<string, Example>> = {
  quickstart: {
    shows: "variables in one program, without a server: declared, read, set, refused and followed",
    run: () => import("./quickstart.ts"),
  },
  "tune-classifier": {
    shows: "classifiers of handwritten digits, tuned live from another process until they are good",
    run: async (args) => (await import("./tune-classifier/run-tune-classifier.ts")).runTuneClassifier(args),
  },
  browser: {
    shows: "a page with live inputs, in as many windows as you like; `browser PORT` chooses the port",
    run: async (args) => (await import("./browser/browser.ts")).runBrowser(args),
  },
  python: {
    shows: "a Python program and a TypeScript program on the same variables, over gRPC",
    run: async () => (await import("./python/python.ts")).runPython(),
  },
  "python-study": {
    shows: "an optimizer in plain Python that drives a study over gRPC, while TypeScript watches",
    run: async () => (await import("./python/python.ts")).runPythonStudy(),
  },
};

const [name = "", ...args] = process.argv.slice(2);
const example = Object.hasOwn(examples, name) ? examples[name] : undefined;
if (example !== undefined) {
  await example.run(args);
} else if (["", "help", "--help", "-h"].includes(name)) {
  console.log(`npm run example -- NAME\n\n${listExamples()}`);
} else {
  console.error(`there is no example "${name}"; these there are:\n\n${listExamples()}`);
  process.exitCode = 2;
}

function listExamples(): string {
  const width = Math.max(...Object.keys(examples).map(({ length }) => length));
  return Object.entries(examples)
    .map(([each, { shows }]) => `  ${each.padEnd(width)}  ${shows}`)
    .join("\n");
}
