import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { capture, requireOutput, runTool } from "./tool.mjs";

/** How many earlier states of the schema are compared, newest first. */
const STATES = 10;

/** Where a commit says in its message that it breaks the schema and why, as `Proto-Breaking: reason`. */
const TRAILER = "^Proto-Breaking: ";

/**
 * Compares the schema with its own earlier states in git, so that each landed change is held against what was there
 * before it. The commit under test is HEAD of a fresh clone, so HEAD cannot be the yardstick; a yardstick kept as a file
 * would have to be renewed by hand, and would miss whatever was added and taken away between two renewals. Stored logs
 * hold these messages, so it is not only the state just before that counts: bytes written by any of the last states must
 * still be readable. A break that is meant, as before a first release, is declared in a commit's message; states before
 * that commit are no longer compared.
 */
export async function checkCompatibility(scratch) {
  const states = await findStates();
  const failures = [];
  for (const commit of states) {
    const dir = join(scratch, "proto", commit);
    mkdirSync(dir, { recursive: true });
    const archive = `${dir}.tar`;
    await requireOutput("git", ["archive", "--format=tar", `--output=${archive}`, commit, "proto"]);
    await requireOutput("tar", ["-xf", archive, "-C", dir]);
    const found = await runTool("buf", ["breaking", "proto", "--against", join(dir, "proto")]);
    failures.push(...found.failures.map((text) => `against ${commit.slice(0, 10)}:\n${text}`));
    rmSync(dir, { recursive: true, force: true });
    // What breaks the newest state mostly breaks the older ones too, and once is enough to read.
    if (failures.length > 0) break;
  }
  return { failures, notes: states.length === 0 ? ["nothing earlier to compare with"] : [] };
}

/** Commits whose schema differs from the one in the work tree, newest first, back to the last declared break. */
async function findStates() {
  const [broken] = lines(await requireOutput("git", ["log", "-1", "--format=%H", `--grep=${TRAILER}`]));
  const changed = ["log", "--first-parent", `-${STATES + 1}`, "--format=%H"];
  const commits = lines(
    await requireOutput("git", [...changed, ...(broken ? [`${broken}..HEAD`] : []), "--", "proto"]),
  );
  if (broken) commits.push(broken);
  const states = new Map();
  for (const commit of commits) {
    const same = await capture("git", ["diff", "--quiet", commit, "--", "proto"]);
    const tree = await capture("git", ["rev-parse", "--quiet", "--verify", `${commit}:proto`]);
    if (same.code !== 0 && tree.code === 0 && !states.has(tree.stdout)) states.set(tree.stdout, commit);
  }
  return [...states.values()].slice(0, STATES);
}

function lines(text) {
  return text.split("\n").filter((line) => line !== "");
}
