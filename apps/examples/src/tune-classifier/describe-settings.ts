import type { Settings } from "./variables.ts";

/** Puts settings on a line: `nearest k=5 distance=manhattan examples=800 at 7x7`. */
export function describeSettings({ classifier, resolution }: Settings): string {
  const parameters = Object.entries(classifier.parameters).map(([name, value]) => `${name}=${value}`);
  return [classifier.module, ...parameters, "at", resolution].join(" ");
}
