import { counted } from "@trimtab/core";

/** Tells people how far the opening of a folder has come, where it takes long enough to wonder. */
export interface OpeningReport {
  /** So many sessions were found so far. */
  found(sessions: number): void;
  /** All are known. */
  done(sessions: number): void;
}

/** How long nothing is said, and between two lines, in milliseconds. */
const quietMs = 1000;

/** Makes a report that prints a line a second, and none where opening takes no second. */
export function createOpeningReport(folder: string, print: (line: string) => void, now: () => number): OpeningReport {
  const startedAt = now();
  let printedAt = startedAt;
  return {
    found(sessions) {
      if (now() - printedAt < quietMs) return;
      printedAt = now();
      print(`looking through ${folder}: ${counted(sessions, "session")} so far`);
    },
    done(sessions) {
      if (printedAt === startedAt) return;
      print(`${folder} holds ${counted(sessions, "session")}; found in ${((now() - startedAt) / 1000).toFixed(1)} s`);
    },
  };
}
