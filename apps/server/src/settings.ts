import { callerSettings } from "./caller-settings.ts";
import { dataSettings } from "./data-settings.ts";
import { limitSettings } from "./limit-settings.ts";
import { listeningSettings } from "./listening-settings.ts";
import { observingSettings } from "./observing-settings.ts";
import { list, optionalText, setting, whole } from "./setting-spec.ts";

/**
 * Every setting, once. Flags, environment names and file keys follow from the key: `shutdownGraceMs` is
 * `--shutdown-grace-ms`, `TRIMTAB_SHUTDOWN_GRACE_MS` and `"shutdownGraceMs"`.
 */
export const settingSpecs = {
  ...listeningSettings,
  ...callerSettings,
  ...dataSettings,
  types: setting<readonly string[]>({
    group: "Serving",
    placeholder: "MODULE,...",
    help: "JavaScript modules with further variable types: each exports `types`, a list of VariableType.",
    schema: list,
    default: [],
  }),
  static: setting<string | undefined>({
    group: "Serving",
    placeholder: "DIR",
    help: "A folder whose files are served beside the API.",
    schema: optionalText,
    default: undefined,
  }),
  sweepIntervalMs: setting<number>({
    group: "Serving",
    placeholder: "MS",
    help: "How often expired sessions are removed.",
    schema: whole(100),
    default: 60_000,
  }),
  bookmarkIntervalMs: setting<number>({
    group: "Serving",
    placeholder: "MS",
    help: "How often a quiet watch says how far it is.",
    schema: whole(100),
    default: 15_000,
  }),
  ...observingSettings,
  ...limitSettings,
} as const;

/** Names of the settings. */
export type SettingName = keyof typeof settingSpecs;

/** What a server is run with. */
export type Settings = { readonly [K in SettingName]: (typeof settingSpecs)[K]["default"] };

/** What holds where nothing else is said. */
export const defaultSettings = Object.fromEntries(
  Object.entries(settingSpecs).map(([name, spec]) => [name, spec.default]),
) as Settings;

/** Names of the settings, in the order in which they are explained. */
export const settingNames = Object.keys(settingSpecs) as SettingName[];

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flag of a setting: `--tls-cert`. */
export const flagOf = (name: SettingName): string => `--${kebab(name)}`;

/** The environment variable of a setting: `TRIMTAB_TLS_CERT`. */
export const variableOf = (name: SettingName): string => `TRIMTAB_${kebab(name).replaceAll("-", "_").toUpperCase()}`;
