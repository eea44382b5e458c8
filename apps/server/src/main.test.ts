import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** Makes of this Node one that says it is older, and that has no modules beside the file that it is started with. */
const older = `
  import { registerHooks } from "node:module";
  Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });
  registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL?.endsWith("/main.ts")) throw new Error("No such built-in module: node:sqlite");
      return next(specifier, context);
    },
  });
`;

test("an older Node is told which one is needed, whatever else it lacks", () => {
  const preload = `data:text/javascript,${encodeURIComponent(older)}`;
  const options = ["--conditions=@trimtab/source", "--import", preload, main];
  const { status, stderr } = spawnSync(process.execPath, options, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `trimtab-server: needs Node 24 or later; this is ${process.version}\n`,
  });
});
