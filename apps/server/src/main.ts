#!/usr/bin/env node
// Nothing is imported before Node is known to have what the rest is made of: what it lacks would be told without a word of Node.

/** The oldest Node that has all that is needed here, as this package's `engines` say. */
const oldestNode = 24;

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  console.error(`trimtab-server: needs Node ${oldestNode} or later; this is ${process.version}`);
  process.exit(1);
}

const { runCommand } = await import("./run-command.ts");
await runCommand(process.argv.slice(2));
