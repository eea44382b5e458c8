import { runTokenCommand } from "./auth/token-command.ts";
import { runDataCommand } from "./data-commands.ts";
import { helpText } from "./help.ts";
import { loadTypes } from "./load-types.ts";
import { readSettings, SettingsError } from "./read-settings.ts";
import type { Settings } from "./settings.ts";
import { type RunningServer, startServer } from "./start-server.ts";
import { version } from "./version.ts";

/** Exit status for settings that cannot be used; 1 is for what goes wrong later. */
const badSettings = 2;

/** Does what a command line says: serves until it is told to stop, or does one thing and ends the process. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    const done = runTokenCommand(args) ?? (await runDataCommand(args, process.env));
    if (done !== undefined) {
      (done.status === 0 ? console.log : console.error)(done.output);
      process.exit(done.status);
    }
    const request = readSettings(args, process.env);
    if (request.kind === "help") process.stdout.write(helpText());
    else if (request.kind === "version") console.log(version);
    else await serve(request.settings);
  } catch (error) {
    if (error instanceof SettingsError) {
      console.error(`trimtab-server: ${error.message}\nSee trimtab-server --help.`);
      process.exitCode = badSettings;
    } else {
      console.error(`trimtab-server: ${explain(error)}`);
      process.exitCode = 1;
    }
  }
}

async function serve(settings: Settings): Promise<void> {
  // Whoever reads lines of JSON is told of these in them.
  const tell = settings.logLevel === undefined ? console.error : () => {};
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Asked twice, it does not wait for anybody any more.
    if (stopping) process.exit(1);
    stopping = true;
    tell(`${signal}: finishing calls under way`);
    whenStarted((server) =>
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      ),
    );
  };
  // From the start: a reload that comes early must not end the process, and process 1 of a container hears of nothing that it does not ask for.
  process.on("SIGINT", stop).on("SIGTERM", stop);
  process.on("SIGHUP", () => {
    tell("SIGHUP: reading anew who may call, and the files of TLS");
    whenStarted((server) => server.reload());
  });
  const starting = loadTypes(settings.types).then((types) => startServer(settings, { types }));
  // Where it cannot be started, that is told below.
  const whenStarted = (act: (server: RunningServer) => unknown) => void starting.then(act, () => {});
  const { url } = await starting;
  console.log(`listening on ${url}`);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return `${error.message}; another program listens there. Choose another with --listen HOST:PORT, or port 0.`;
  return code === undefined ? (error.stack ?? error.message) : error.message;
}
