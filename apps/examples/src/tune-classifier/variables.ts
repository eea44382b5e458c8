import type { ValuesOf } from "@trimtab/client";
import { choice, float, integer, module } from "@trimtab/types";

/** The session in which tuner and worker meet. */
export const sessionId = "digits";

const examples = (max: number, initial: number) =>
  integer({ min: 100, max, step: 100, default: initial, description: "How many digits it learns from" });

/**
 * What the tuner sets and the worker follows. Each classifier brings parameters of its own, with limits within which
 * it takes seconds at most.
 */
export const settings = {
  classifier: module(
    {
      nearest: {
        k: integer({ min: 1, max: 15, default: 5, description: "How many neighbours vote" }),
        distance: choice(["euclidean", "manhattan"], { default: "euclidean" }),
        examples: examples(1500, 800),
      },
      bayes: {
        smoothing: float({ min: 0.01, max: 10, log: true, default: 1, description: "Ink added to every pixel" }),
        examples: examples(1500, 800),
      },
      tree: {
        depth: integer({ min: 2, max: 12, default: 8 }),
        leaf: integer({ min: 1, max: 20, default: 3, description: "So few digits are not divided further" }),
        examples: examples(300, 200),
      },
      forest: {
        trees: integer({ min: 5, max: 25, default: 15 }),
        depth: integer({ min: 2, max: 12, default: 8 }),
        pixels: integer({ min: 4, max: 15, default: 12, description: "How many pixels each tree looks at" }),
        examples: examples(300, 200),
      },
    },
    { default: "nearest", description: "How a digit is recognized" },
  ),
  resolution: choice(["4x4", "7x7", "14x14"], { default: "4x4", description: "To what a digit is shrunk first" }),
  digits: choice(["validation", "unseen"], {
    default: "validation",
    description: "Which digits are recognized: those for comparing settings, or those that no choice was made by",
  }),
};

/** What the worker answers with. */
export const results = {
  accuracy: float({ min: 0, max: 1, default: 0, description: "Share of digits that were recognized" }),
  tookMs: float({ min: 0, default: 0, description: "How long learning and recognizing took" }),
  ofRevision: integer({
    min: 0,
    default: 0,
    description: "Session revision of the settings that it was measured with",
  }),
};

/** The settings at one moment. */
export type Settings = ValuesOf<typeof settings>;

/** A classifier with its parameters. */
export type Classifier = Settings["classifier"];
