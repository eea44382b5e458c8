import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = join(tmpdir(), "trimtab-bench");

/**
 * Computes some numbers and keeps them on this machine under a key, or gives those that are kept where they may be used
 * again: for what takes long and comes out the same every time. Whoever uses them again vouches that nothing has changed.
 */
export async function keepResult(
  key: string,
  useAgain: boolean,
  compute: () => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const path = join(folder, `${key.replaceAll(/[^\w.-]/g, "_")}.json`);
  const kept = useAgain ? read(path) : undefined;
  if (kept !== undefined) return kept;
  const numbers = await compute();
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, JSON.stringify(numbers));
  return numbers;
}

function read(path: string): readonly number[] | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as readonly number[];
  } catch {
    return undefined;
  }
}
