import {
  checkName,
  isStoreError,
  requireArguments,
  type SetOptions,
  type Store,
  type Value,
  type Written,
} from "@trimtab/core";
import { settingArguments, settingsArguments } from "./argument-kinds.ts";

/** Where a program keeps its settings: a file, the environment, a database. */
export interface SettingsSource {
  /** The value of a setting, `undefined` where there is none. */
  get(name: string): Value | undefined | Promise<Value | undefined>;
  /** Keeps the value of a setting; what it throws is passed on. */
  put(name: string, value: Value): void | Promise<void>;
}

/** Settings that may be variables too. */
export interface Settings {
  /** The value of the variable of this name where there is one, otherwise of the setting; `undefined` without either. */
  get(name: string): Promise<Value | undefined>;
  /**
   * Sets the variable of this name and, only if that succeeded, the setting; where there is no such variable, the setting
   * alone. Answers with the receipt of the variable's write, `undefined` without a variable. Calls for one name are made one
   * after the other, in the order they came. Rejects as `setVariable` does, and then the setting is as it was; what the
   * source throws is passed on, and then the variable has changed.
   */
  putVariable(name: string, value: Value, options?: SetOptions): Promise<Written | undefined>;
}

/**
 * Joins a program's settings with the variables of a session, so that the two do not drift apart. A setting whose name no
 * variable can have, such as `ui/theme`, is a setting alone.
 */
export function createSettings(store: Store, session: string, source: SettingsSource): Settings {
  requireArguments(settingsArguments, [store, session, source]);
  const latest = new Map<string, Promise<unknown>>();
  return {
    async get(name) {
      requireArguments(settingArguments.get, [name]);
      const variable = await unlessNoVariable(name, () => store.getVariable(session, name));
      return variable === undefined ? source.get(name) : variable.value;
    },
    async putVariable(name, value, options) {
      requireArguments(settingArguments.putVariable, [name, value, options]);
      const put = async () => {
        const written = await unlessNoVariable(name, () => store.setVariable(session, name, value, options));
        await source.put(name, value);
        return written;
      };
      const result = (latest.get(name) ?? Promise.resolve()).then(put);
      const settled = result.catch(() => undefined);
      latest.set(name, settled);
      await settled;
      if (latest.get(name) === settled) latest.delete(name);
      return result;
    },
  };
}

/** A session that is not there is another matter, as is a variable that refuses the value. */
async function unlessNoVariable<T>(name: string, call: () => Promise<T>): Promise<T | undefined> {
  // How long a name may be is the store's to say.
  if (checkName(name, "name", Number.POSITIVE_INFINITY) !== undefined) return undefined;
  try {
    return await call();
  } catch (error) {
    if (isStoreError(error, "not_found") && error.details.resource === "variable") return undefined;
    throw error;
  }
}
