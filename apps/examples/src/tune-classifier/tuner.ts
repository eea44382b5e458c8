import { asChild } from "./as-child.ts";
import { connect } from "./connect.ts";
import { tune } from "./tune.ts";

const [url = "", trials = "", seed = ""] = process.argv.slice(2);
await asChild(() =>
  tune(connect(url, "tuner"), { trials: Number(trials), seed: Number(seed), print: (line) => console.log(line) }),
);
