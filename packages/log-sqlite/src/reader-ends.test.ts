import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { verifySqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const dying = fileURLToPath(new URL("./test-parts/die-hashing.ts", import.meta.url));
const program = fileURLToPath(new URL("./test-parts/large-writer-process.ts", import.meta.url));

test("large data is written although the thread that helps to hash it ends in the middle of a hash", async () => {
  const directory = temporaryFolder();
  const args = ["--conditions=@trimtab/source", "--import", dying, program, directory];
  const running = promisify(execFile)(process.execPath, args);
  onTestFinished(() => void running.child.kill("SIGKILL"));
  const { stdout } = await running;
  const [, made] = /^made (\d+)$/m.exec(stdout) ?? [];
  expect(Number(made)).toBeGreaterThanOrEqual(3);
  expect(await verifySqliteLog(directory)).toMatchObject({ entries: Number(made), damages: 0 });
});
