import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Load, summarise } from "./load.ts";

/** One request, made over and over. */
export interface Request {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly http1?: boolean;
}

/**
 * Makes a request over and over with h2load (of nghttp2), `concurrency` at a time: over one connection in HTTP/2, each over
 * its own in HTTP/1.1. Rejects where answers were anything but 200.
 */
export async function runH2load(
  { url, contentType, body, http1 = false }: Request,
  concurrency: number,
  seconds: number,
): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), "trimtab-h2load-"));
  const [bodyFile, logFile] = [join(folder, "body"), join(folder, "log")];
  writeFileSync(bodyFile, body);
  const connections = http1 ? ["--h1", "-c", String(concurrency)] : ["-c", "1", "-m", String(concurrency)];
  const args = [
    ...connections,
    "-D",
    `${Math.round(seconds * 1000)}ms`,
    "-d",
    bodyFile,
    "-H",
    `content-type: ${contentType}`,
  ];
  try {
    const { stdout } = await promisify(execFile)("h2load", [...args, `--log-file=${logFile}`, url]);
    const failed = /status codes: \d+ 2xx, (.*)/.exec(stdout)?.[1] ?? stdout;
    if (/[1-9]\d* [345]xx/.test(failed)) throw new Error(`${url} answered ${failed}`);
    const lines = readFileSync(logFile, "utf8").trimEnd().split("\n");
    // When it began in microseconds, its status, how long it took in microseconds.
    return summarise(
      lines.map((line) => Number(line.split("\t")[2]) / 1000),
      seconds,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
