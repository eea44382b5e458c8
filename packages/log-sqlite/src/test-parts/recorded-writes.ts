import { execFileSync, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./temporary-folder.ts";

/** What a process did to its files, or said, in the order in which it did. */
export interface RecordedStep {
  readonly kind: "create" | "write" | "truncate" | "flush" | "remove" | "rename" | "folder" | "say";
  /** From the folder that was watched. */
  readonly path: string;
  /** Where data was written, or the size after a truncation, in bytes. */
  readonly offset: number;
  /** What was written or said, or the new name. */
  readonly data: Uint8Array;
}

const kinds: Readonly<Record<string, RecordedStep["kind"]>> = {
  c: "create",
  w: "write",
  t: "truncate",
  s: "flush",
  u: "remove",
  r: "rename",
  m: "folder",
  o: "say",
};

const compiler = process.env["CC"] ?? "cc";

/** Why nothing can be recorded here; undefined where it can. */
export function whyNoRecord(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "writes are recorded on Linux alone";
  try {
    execFileSync(compiler, ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "there is no C compiler";
  }
}

/** Builds what records the writes of a process; gives its file. */
export function buildRecorder(): string {
  const [source, library] = [
    fileURLToPath(new URL("./record-writes.c", import.meta.url)),
    join(temporaryFolder(), "r.so"),
  ];
  execFileSync(compiler, ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
  return library;
}

/** Runs a program, and gives all that it did within a folder. */
export async function recordRun(
  recorder: string,
  within: string,
  program: URL,
  args: readonly string[],
): Promise<readonly RecordedStep[]> {
  const record = join(temporaryFolder(), "record");
  const child = spawn(process.execPath, ["--conditions=@trimtab/source", fileURLToPath(program), ...args], {
    env: { ...process.env, LD_PRELOAD: recorder, TRIMTAB_RECORD: record, TRIMTAB_RECORD_WITHIN: within },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const status = await new Promise((resolve) => child.once("close", resolve));
  if (status !== 0) throw new Error(`${program.pathname} ended with ${status}`);
  const steps = readRecord(readFileSync(record), within);
  rmSync(record);
  return steps;
}

function readRecord(bytes: Buffer, within: string): readonly RecordedStep[] {
  const steps: RecordedStep[] = [];
  for (let at = 0; at < bytes.length; ) {
    const kind = kinds[String.fromCharCode(bytes.readUInt8(at))];
    const pathEnd = at + 17 + bytes.readUInt32LE(at + 1);
    const end = pathEnd + bytes.readUInt32LE(at + 13);
    if (kind === undefined) throw new Error(`the record is broken at ${at}`);
    const data = bytes.subarray(pathEnd, end);
    const local = (path: string) => path.slice(within.length + 1);
    steps.push({
      kind,
      path: local(bytes.toString("utf8", at + 17, pathEnd)),
      offset: Number(bytes.readBigInt64LE(at + 5)),
      data: kind === "rename" ? Buffer.from(local(data.toString())) : data,
    });
    at = end;
  }
  return steps;
}
