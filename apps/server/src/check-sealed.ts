import { isLogError } from "@trimtab/log";
import { checkKeys, createSealer, findUnopened, type SealerOptions, type Unopened } from "@trimtab/log-sealed";
import { readSqliteLog } from "@trimtab/log-sqlite";

/** Lines that are printed at most. */
const mostLines = 100;

/** What people call a log's streams and entries, one and several of them. */
export interface Called {
  readonly stream: string;
  readonly streams: string;
  readonly entry: string;
  readonly entries: string;
}

/**
 * Reads all of a folder's log and says, in lines to print, what of it cannot be opened with keys; no lines where all can. Rejects with a
 * `LogError` where it cannot be read.
 */
export async function checkSealed(folder: string, sealing: SealerOptions, called: Called): Promise<readonly string[]> {
  const { log, snapshots, close } = await readSqliteLog(folder);
  const lines: string[] = [];
  let more = 0;
  try {
    for await (const unopened of findUnopened(log, snapshots, createSealer(sealing))) {
      if (lines.length < mostLines) lines.push(describe(unopened, called));
      else more++;
    }
  } finally {
    await close();
  }
  return more === 0 ? lines : [...lines, `and ${more} more`];
}

/** Says whether anything is sealed in a folder's log, as far as the ends of its first streams tell. */
export async function isSealedIn(folder: string): Promise<boolean> {
  const { log, close } = await readSqliteLog(folder);
  try {
    await checkKeys(log, undefined);
    return false;
  } catch (error) {
    if (isLogError(error, "unsupported")) return true;
    throw error;
  } finally {
    await close();
  }
}

function describe({ kind, stream, number, count, error }: Unopened, called: Called): string {
  const one = kind === "entry" ? called.entry : "snapshot";
  const several = kind === "entry" ? called.entries : "snapshots";
  const what = count === 1 ? `the ${one} of revision ${number}` : `${count} ${several} from revision ${number} on`;
  return `  ${called.stream} ${stream}: ${what}: ${error.message}`;
}
