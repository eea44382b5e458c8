import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type AnyVariableType, createTypeRegistry } from "@trimtab/core";
import { builtinTypes } from "@trimtab/types";
import { SettingsError } from "./read-settings.ts";

/**
 * Loads variable types from modules, given as paths or package names, each of which exports a list named `types`.
 *
 * @throws SettingsError naming the module and what is wrong with it
 */
export async function loadTypes(modules: readonly string[]): Promise<AnyVariableType[]> {
  const types = (await Promise.all(modules.map(loadModule))).flat();
  try {
    createTypeRegistry([...builtinTypes, ...types]);
  } catch (error) {
    throw new SettingsError(`--types ${modules.join(",")}: ${messageOf(error)}`);
  }
  return types;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function loadModule(name: string): Promise<AnyVariableType[]> {
  const isPath = name.startsWith(".") || name.startsWith("/");
  let module: { types?: unknown };
  try {
    module = await import(isPath ? pathToFileURL(resolve(name)).href : name);
  } catch (error) {
    throw new SettingsError(`--types ${name}: ${messageOf(error)}`);
  }
  const { types } = module;
  if (!Array.isArray(types)) throw new SettingsError(`--types ${name}: it must export a list named "types"`);
  const wrong = types.findIndex((type) => !isVariableType(type));
  if (wrong >= 0) throw new SettingsError(`--types ${name}: types[${wrong}] is no VariableType`);
  return types;
}

const functions = ["values", "encode", "decode", "equals", "space"];

const isVariableType = (type: unknown): type is AnyVariableType =>
  typeof type === "object" &&
  type !== null &&
  typeof Reflect.get(type, "name") === "string" &&
  typeof Reflect.get(type, "constraints")?.safeParse === "function" &&
  functions.every((name) => typeof Reflect.get(type, name) === "function");
