// Measures one section and tells the process that has asked for it: `section-process.ts TITLE [--quick]`.
import type { Outcome } from "./measure-apart.ts";
import { sections } from "./sections.ts";
import { lastResult } from "./work.ts";

const [title, flag] = process.argv.slice(2);
const section = sections.find((each) => each.title === title);
if (section === undefined || process.send === undefined) throw new Error(`there is nobody to measure ${title} for`);
const measured = await section.run(flag === "--quick");
const outcome: Outcome = { measured, isWork: lastResult() !== undefined };
process.send(outcome, () => process.exit(0));
