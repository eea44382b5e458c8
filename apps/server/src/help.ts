import type { SettingSpec } from "./setting-spec.ts";
import { flagOf, type SettingName, settingNames, settingSpecs, variableOf } from "./settings.ts";

const intro = `trimtab-server: live, typed, versioned variables for AI programs.

It serves sessions of variables to programs in any language. One port speaks Connect (JSON and binary), gRPC and
gRPC-web over HTTP/1.1 and HTTP/2. Open it in a browser for an overview.

  trimtab-server                                  listen on http://127.0.0.1:7171
  trimtab-server --listen 127.0.0.1:0             any free port; the line "listening on ..." says which
  TRIMTAB_LISTEN=[::1]:7171 trimtab-server        settings from the environment
  trimtab-server --config trimtab.json            settings from a file: {"listen": "127.0.0.1:7171"}

  trimtab-server token ci --sessions 'ci-*'       a token for ci, and the line for the file of --principals

  trimtab-server check trimtab-data               is everything there, and as it was written?
  trimtab-server backup trimtab-data copy         a consistent copy, also while a server has the folder open
  trimtab-server restore copy trimtab-data        the copy becomes a data folder, where there is none yet

Then, from anywhere:

  curl -H 'content-type: application/json' -d '{"sessionId": "demo"}' \\
    http://127.0.0.1:7171/trimtab.v1.SessionService/CreateSession

In brackets are a setting's environment variable and its default. In the file of --config a setting is named like its
flag in camel case: {"maxSessions": 50}. Flags win over the environment, the environment over the file, the file over
the default.`;

/** What `--help` prints: what the server is, how to call it, and every setting. */
export function helpText(): string {
  const groups = [...new Set(settingNames.map((name) => settingSpecs[name].group))];
  const sections = groups.map((group) => {
    const names = settingNames.filter((name) => settingSpecs[name].group === group);
    return [`${group}:`, ...names.map(describe)].join("\n");
  });
  const others = [
    "Others:",
    entry("--config FILE", "Read settings from a JSON file. [TRIMTAB_CONFIG]"),
    entry("--help, --version", "Print this, or the version."),
  ];
  return [intro, ...sections, others.join("\n"), ""].join("\n\n");
}

function describe(name: SettingName): string {
  const spec: SettingSpec = settingSpecs[name];
  const flag = spec.placeholder === undefined ? flagOf(name) : `${flagOf(name)} ${spec.placeholder}`;
  const initial = showDefault(spec.default);
  if (spec.isSecret === true)
    return entry(variableOf(name), `${spec.help} Only in the environment, as ${spec.placeholder}`);
  const source = initial === "" ? `[${variableOf(name)}]` : `[${variableOf(name)}, ${initial}]`;
  return entry(flag, `${spec.help} ${source}`);
}

/** Where explanations begin, and where their lines end. */
const column = 33;
const width = 120;

function entry(flag: string, text: string): string {
  const lines = wrap(text, width - column).map((line) => " ".repeat(column) + line);
  const head = `  ${flag}`;
  if (head.length >= column) return [head, ...lines].join("\n");
  return head.padEnd(column) + lines.join("\n").slice(column);
}

/** Breaks text between words into lines of at most so many characters, where no word is longer. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.pop();
    if (last === undefined) lines.push(word);
    else if (last.length + 1 + word.length <= width) lines.push(`${last} ${word}`);
    else lines.push(last, word);
  }
  return lines;
}

/** A default as a person would write it; empty where there is none. */
export function showDefault(value: unknown): string {
  if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return "";
  if (typeof value === "object" && value !== null && "host" in value && "port" in value)
    return `${value.host}:${value.port}`;
  return String(value);
}
