import type { ValueRecord } from "@trimtab/core";
import { measureAccuracy, settings, settingsOf } from "@trimtab/examples/tune-classifier";
import { toSearchSpace } from "@trimtab/optimize";
import type { TestFunction } from "./test-functions.ts";

/** Of the examples that the settings ask for: a fifth, so that a run takes minutes and not hours. */
const share = 0.2;

const measured = new Map<string, number>();

/** The share of digits that a classifier gets wrong. Training has no randomness, so each setting is trained once. */
function errorOf(values: ValueRecord): number {
  const tried = settingsOf(values);
  const key = JSON.stringify(tried);
  const known = measured.get(key) ?? 1 - measureAccuracy(tried, share);
  measured.set(key, known);
  return known;
}

/** The classifier of handwritten digits that the example `tune-classifier` tunes: four kinds, each with its own parameters. */
export const digits: TestFunction = {
  name: "digits",
  space: toSearchSpace({ classifier: settings.classifier, resolution: settings.resolution }),
  evaluate: (values) => [errorOf(values)],
};
