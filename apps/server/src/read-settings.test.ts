import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { helpText } from "./help.ts";
import { readSettings, SettingsError } from "./read-settings.ts";
import type { SettingSpec } from "./setting-spec.ts";
import { defaultSettings, flagOf, type Settings, settingNames, settingSpecs, variableOf } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "trimtab-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

const writeConfig = (content: string): string => {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, content);
  return file;
};

const read = (args: string[] = [], env: Record<string, string> = {}): Settings => {
  const request = readSettings(args, env);
  if (request.kind !== "serve") throw new Error(`asked for ${request.kind}`);
  return request.settings;
};

test("without anything said the defaults hold, on this machine alone", () => {
  expect(read()).toEqual(defaultSettings);
  expect(read().listen).toEqual({ host: "127.0.0.1", port: 7171 });
});

test("flags win over the environment, which wins over the file", () => {
  const config = writeConfig(
    '{"listen": "127.0.0.1:1", "maxSessions": 1, "corsOrigins": ["http://a"], "log": "memory"}',
  );
  const env = { TRIMTAB_CONFIG: config, TRIMTAB_LISTEN: "127.0.0.1:2", TRIMTAB_MAX_SESSIONS: "2", HOME: "/" };
  const settings = read(["--listen", "127.0.0.1:3"], env);
  expect(settings).toMatchObject({ listen: { port: 3 }, maxSessions: 2, corsOrigins: ["http://a"] });
  expect(read(["--config", config]).maxSessions).toBe(1);
});

test("a file may begin with a byte order mark", () => {
  expect(read(["--config", writeConfig('\uFEFF{"maxSessions": 1}')]).maxSessions).toBe(1);
});

test.each<[string[], Partial<Settings>]>([
  [["--listen=[::1]:0"], { listen: { host: "::1", port: 0 } }],
  [["--listen", "localhost:80"], { listen: { host: "localhost", port: 80 } }],
  [["--principals", "p", "--listen", "0.0.0.0:80"], { principals: "p", listen: { host: "0.0.0.0", port: 80 } }],
  [["--insecure", "--listen", "0.0.0.0:80"], { insecure: true, listen: { host: "0.0.0.0", port: 80 } }],
  [["--cors-origins", "http://a, http://b"], { corsOrigins: ["http://a", "http://b"] }],
  [["--cors-origins", "tauri://localhost,http://[::1]:80"], { corsOrigins: ["tauri://localhost", "http://[::1]:80"] }],
  [["--cors-origins", "*"], { corsOrigins: ["*"] }],
  [["--tls-cert", "c", "--tls-key", "k"], { tlsCert: "c", tlsKey: "k" }],
  [["--audit-file", "f", "--audit", "on"], { auditFile: "f", audit: "on" }],
  [["--audit-file", "f", "--principals", "p"], { auditFile: "f", principals: "p" }],
  [["--trace-endpoint", "https://a/v1"], { traceEndpoint: "https://a/v1" }],
])("reads %o", (args, expected) => expect(read(args)).toMatchObject(expected));

describe("what cannot be used is refused, by the name it was given under", () => {
  test.each<[string[], Record<string, string>, string]>([
    [["--lisen", "x"], {}, "unknown flag --lisen; did you mean --listen?"],
    [["--zzz"], {}, "unknown flag --zzz"],
    [
      ["serve"],
      {},
      '"serve" is no flag and no command: settings are given as --name value, and the commands are token,',
    ],
    [["--listen"], {}, "--listen needs a value"],
    [["--listen", "7171"], {}, '--listen: must be HOST:PORT, for instance 127.0.0.1:7171 or [::1]:0, got "7171"'],
    [["--listen", "127.0.0.1:70000"], {}, "--listen: must be HOST:PORT"],
    [["--max-sessions", "0"], {}, '--max-sessions: must be a whole number of at least 1, got "0"'],
    [["--max-sessions=-1"], {}, '--max-sessions: must be a whole number of at least 1, got "-1"'],
    [["--shutdown-grace-ms", "x"], {}, '--shutdown-grace-ms: must be a whole number from 0 to 600000, got "x"'],
    [["--trace-ratio", "half"], {}, '--trace-ratio: must be a number from 0 to 1, got "half"'],
    [["--cors-origins", "https://a,b"], {}, "--cors-origins: must be origins such as https://app.example"],
    [["--cors-origins", "https://a/"], {}, 'or *, got "https://a/"'],
    [["--trusted-proxies", "10.0.0.0/99"], {}, "such as 10.0.0.0/8, which 10.0.0.0/99 is not"],
    [["--data", ""], {}, '--data: must not be empty, got ""'],
    [["--log", "paper"], {}, '--log: must be sqlite or memory, got "paper"'],
    [[], { TRIMTAB_LISEN: "x" }, "unknown environment variable TRIMTAB_LISEN; did you mean TRIMTAB_LISTEN?"],
    [[], { TRIMTAB_MAX_SESSIONS: "many" }, "TRIMTAB_MAX_SESSIONS: must be a whole number"],
    [[], { TRIMTAB_INSECURE: "maybe" }, 'TRIMTAB_INSECURE: must be on or off, got "maybe"'],
    [["--tls-cert", "c"], {}, "--tls-cert and --tls-key are given together or not at all"],
    [["--listen", "0.0.0.0:7171"], {}, "nobody has to say who they are"],
    [[], { TRIMTAB_LISTEN: "[::]:7171" }, "say --insecure"],
    [["--jwt-keys", "k"], {}, "--jwt-keys, --jwt-issuer and --jwt-audience are given together"],
    [
      ["--jwt-issuer", "i", "--jwt-audience", "a"],
      {},
      "--jwt-keys, --jwt-issuer and --jwt-audience are given together",
    ],
    [["--jwt-roles-claim", "groups"], {}, "--jwt-roles-claim needs --jwt-keys"],
    [["--encryption-accepts-plain"], {}, "--encryption-accepts-plain needs TRIMTAB_ENCRYPTION_KEYS"],
    [["--audit-file", "f"], {}, "--audit-file needs an audit, which is not kept: say --audit on"],
    [["--audit-file", "f", "--audit", "off", "--principals", "p"], {}, "--audit-file needs an audit"],
    [["--trace-endpoint", "ftp://a"], {}, '--trace-endpoint: must be a URL of http or https, got "ftp://a"'],
    [["--tls-client-ca", "ca"], {}, "--tls-client-ca needs --tls-cert, --tls-key and --principals"],
    [["--config", "/nowhere.json"], {}, "configuration file /nowhere.json: ENOENT"],
  ])("%o %o", (args, env, message) => {
    expect(() => read(args, env)).toThrow(SettingsError);
    expect(() => read(args, env)).toThrow(message);
  });

  test.each([
    ["[]", "must hold one JSON object"],
    ["{", "JSON"],
    ['{"lisen": "x"}', 'unknown key "lisen" in'],
    ['{"maxSessions": 1.5}', '"maxSessions" in'],
    ['{"listen": 7171}', "must be HOST:PORT, for instance 127.0.0.1:7171 or [::1]:0, got 7171"],
    ['{"types": 1}', "must be words with commas between them, or a list of words, got 1"],
    ['{"static": 1}', "must be text, got 1"],
  ])("a file that says %s", (content, message) => {
    expect(() => read(["--config", writeConfig(content)])).toThrow(message);
  });
});

test("help and version win over everything, and help tells of every setting", () => {
  expect(readSettings(["--help", "--zzz"], {})).toEqual({ kind: "help" });
  expect(readSettings(["help"], {})).toEqual({ kind: "help" });
  expect(readSettings(["-v"], {})).toEqual({ kind: "version" });
  const help = helpText();
  for (const name of settingNames) {
    const spec: SettingSpec = settingSpecs[name];
    expect(help.includes(flagOf(name))).toBe(spec.isSecret !== true);
    expect(help).toContain(variableOf(name));
  }
  expect(help.split("\n").filter((line) => line.length > 120)).toEqual([]);
});
