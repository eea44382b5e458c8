import type { MeasureOptions } from "../measure.ts";
import type { Section } from "../section.ts";
import { codecComparisons } from "./codec.ts";
import { derivedComparisons } from "./derived.ts";
import { durableComparisons } from "./durable.ts";
import { embeddingComparisons } from "./embeddings.ts";
import { benchEventLoop } from "./event-loop.ts";
import { benchGrowth } from "./growth.ts";
import { benchMemory } from "./memory.ts";
import { readAndWriteComparisons } from "./reads-and-writes.ts";
import { benchReplay } from "./replay.ts";
import { type Comparison, measureAll } from "./work.ts";

const full: MeasureOptions = { rounds: 9, turnMs: 300 };
const quick: MeasureOptions = { rounds: 3, turnMs: 50 };

/** How long turns are, and how many there are of them. */
export const lengthOf = (isQuick: boolean): MeasureOptions => (isQuick ? quick : full);

const comparing = (title: string, comparisons: () => Promise<readonly Comparison[]>): Section => ({
  title,
  run: async (isQuick) => measureAll(await comparisons(), lengthOf(isQuick)),
});

/** All parts, in their order on the page. */
export const sections: readonly Section[] = [
  comparing("Reads and writes", readAndWriteComparisons),
  comparing("Writes on disk", durableComparisons),
  comparing("Derived variables", derivedComparisons),
  comparing("Bytes", codecComparisons),
  comparing("Embeddings", embeddingComparisons),
  { title: "Growth", run: (isQuick) => benchGrowth(lengthOf(isQuick)) },
  { title: "Memory", run: (isQuick) => benchMemory(isQuick ? 1000 : 100_000) },
  { title: "Replay", run: (isQuick) => benchReplay(isQuick ? 20_000 : 1_000_000) },
  { title: "Delays of the event loop", run: (isQuick) => benchEventLoop(isQuick ? 2 : 20) },
];
