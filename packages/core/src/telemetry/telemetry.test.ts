import { expect, test } from "vitest";
import { createTelemetry } from "./telemetry.ts";
import { listenByAlias, type TelemetryAlias } from "./telemetry-aliases.ts";

test("who would listen to nothing, or with nothing, is told so", () => {
  const telemetry = createTelemetry();
  const hear = () => {};
  for (const name of ["snakepit.session_store.variable.gotten", "toString"]) {
    expect(() => listenByAlias(telemetry, name as TelemetryAlias, hear)).toThrow(/^name must be one of .*, got /);
  }
  const nobody = undefined as unknown as typeof hear;
  expect(() => telemetry.on("trimtab.variable.read", nobody)).toThrow("listener must be a function, got undefined");
  expect(() => listenByAlias(telemetry, "dspex.variables.update", nobody)).toThrow("listener must be a function");
  expect(() => telemetry.on(undefined as unknown as "*", hear)).toThrow("name must be text, got undefined");
  expect(telemetry.isHeard).toBe(false);
});
