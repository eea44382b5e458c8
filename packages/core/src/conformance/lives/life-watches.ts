import { expect } from "vitest";
import type { Selection } from "../../index.ts";
import { readWatch, type WatchReader } from "../store/harness.ts";
import { doTo, end, expectGone, type Lives, mark, refusalOf } from "./lives.ts";
import { changeOne, type PlainLife, valuesOf } from "./plain-life.ts";
import { newWatch, type PlainWatch, take } from "./plain-watch.ts";

/** What is watched, and how. */
interface Watching {
  readonly selection: Selection;
  readonly coalesce: boolean;
}

/** Writes what every watch is told of, so that none waits for nothing. */
async function writeMark(lives: Lives, life: PlainLife): Promise<void> {
  const value = ++lives.marks;
  if (!life.floats.has(mark)) {
    const spec = { name: mark, type: "float", value };
    const expected = new Map([...valuesOf(life.floats), [mark, value] as const]);
    return doTo(lives, life, { expected, call: () => lives.store.registerVariable(life.id, spec) });
  }
  const expected = changeOne(life, "set", { name: mark, value });
  return doTo(lives, life, { expected, call: () => lives.store.setVariable(life.id, mark, value) });
}

/** Reads events until a watch has come as far as its session, or has read enough. */
async function readSome(reader: WatchReader, watch: PlainWatch, life: PlainLife, events: number) {
  for (let read = 0; read < events && (watch.at?.life !== life || watch.at.revision < life.revision); read++) {
    take(watch, life, await reader.next());
  }
}

/** Comes back to an id where it was left, and leaves again. */
export async function resume(
  lives: Lives,
  key: string,
  what: Watching & { readonly watch: number; readonly events: number },
): Promise<void> {
  const known = lives.resuming.filter((each) => each.id === key)[what.watch];
  const watch = known?.watch ?? newWatch(what.selection, what.coalesce);
  if (known === undefined) lives.resuming.push({ id: key, watch });
  await comeBack(lives, { key, watch, events: what.events });
}

async function comeBack(
  lives: Lives,
  { key, watch, events }: { readonly key: string; readonly watch: PlainWatch; readonly events: number },
): Promise<void> {
  const life = lives.there.get(key);
  const open = () => {
    const after = watch.at === undefined ? {} : { after: watch.at.token };
    return readWatch(lives.store.watch(key, watch.selection, { ...after, coalesce: watch.coalesce }));
  };
  if (life === undefined) return expectGone(await refusalOf(open().next()));
  await writeMark(lives, life);
  const reader = open();
  await readSome(reader, watch, life, events);
  await reader.close();
}

/** Watches a session for as long as it is there. */
export async function stay(lives: Lives, life: PlainLife, what: Watching): Promise<void> {
  await writeMark(lives, life);
  const watch = newWatch(what.selection, what.coalesce);
  const reader = readWatch(lives.store.watch(life.id, watch.selection, { coalesce: watch.coalesce }));
  take(watch, life, await reader.next());
  lives.staying.push({ life, watch, reader });
}

/** Reads on where a watch has stayed; one whose session is over reads to its end. */
export async function readOn(
  lives: Lives,
  { watch: which, events }: { readonly watch: number; readonly events: number },
): Promise<void> {
  const staying = lives.staying[which];
  if (staying === undefined) return;
  const { life, watch, reader } = staying;
  if (lives.there.get(life.id) === life) {
    await writeMark(lives, life);
    return readSome(reader, watch, life, events);
  }
  let event = await reader.next();
  for (; event.kind !== "ended"; event = await reader.next()) take(watch, life, event);
  expect(event).toMatchObject({ cause: "session_deleted", revision: life.revision });
  await reader.close();
  lives.staying.splice(which, 1);
}

/** Lets everyone who watches come to an end, and then all sessions. */
export async function endAll(lives: Lives): Promise<void> {
  for (const { id: key, watch } of lives.resuming) {
    await comeBack(lives, { key, watch, events: Number.POSITIVE_INFINITY });
  }
  for (const life of [...lives.there.values()]) {
    await lives.store.deleteSession(life.id);
    end(lives, life);
  }
  while (lives.staying.length > 0) await readOn(lives, { watch: 0, events: 1 });
}
