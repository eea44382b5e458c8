import { asChild } from "./as-child.ts";
import { connect } from "./connect.ts";
import { followSettings } from "./follow-settings.ts";

const [url = ""] = process.argv.slice(2);
await asChild(() =>
  followSettings(connect(url, "worker"), { print: (line) => console.log(line), signal: new AbortController().signal }),
);
