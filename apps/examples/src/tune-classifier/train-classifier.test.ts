import { expect, it } from "vitest";
import { loadDigits } from "./digits.ts";
import { measureAccuracy } from "./measure-accuracy.ts";
import { trainClassifier } from "./train-classifier.ts";
import type { Classifier } from "./variables.ts";

const nearest = (k: number, examples = 200): Classifier => ({
  module: "nearest",
  parameters: { k, distance: "euclidean", examples },
});
const classifiers: readonly Classifier[] = [
  nearest(3),
  { module: "nearest", parameters: { k: 3, distance: "manhattan", examples: 200 } },
  { module: "bayes", parameters: { smoothing: 1, examples: 200 } },
  { module: "tree", parameters: { depth: 8, leaf: 3, examples: 200 } },
  { module: "forest", parameters: { trees: 10, depth: 8, pixels: 12, examples: 200 } },
];

const learning = loadDigits("learning", 200, "7x7");
const validation = loadDigits("validation", 200, "7x7");

it.each(classifiers)("learns real digits: $module $parameters", (classifier) => {
  const predict = trainClassifier(classifier, learning);
  const predicted = predict(validation.images);
  const recognized = validation.labels.filter((label, index) => label === predicted[index]).length;
  // Guessing recognizes 20 of 200.
  expect(recognized).toBeGreaterThan(80);
  expect(trainClassifier(classifier, learning)(validation.images)).toEqual(predicted);
});

it("recalls every example that is its own only neighbour", () => {
  expect(trainClassifier(nearest(1), learning)(learning.images)).toEqual(learning.labels);
});

it("predicts otherwise with other parameters", () => {
  const pairs: readonly (readonly [Classifier, Classifier])[] = [
    [nearest(1), nearest(15)],
    [nearest(3), { module: "nearest", parameters: { k: 3, distance: "manhattan", examples: 200 } }],
    [
      { module: "bayes", parameters: { smoothing: 0.01, examples: 200 } },
      { module: "bayes", parameters: { smoothing: 10, examples: 200 } },
    ],
    [
      { module: "tree", parameters: { depth: 2, leaf: 3, examples: 200 } },
      { module: "tree", parameters: { depth: 8, leaf: 3, examples: 200 } },
    ],
    [
      { module: "forest", parameters: { trees: 5, depth: 2, pixels: 12, examples: 200 } },
      { module: "forest", parameters: { trees: 5, depth: 8, pixels: 12, examples: 200 } },
    ],
  ];
  for (const [one, other] of pairs) {
    const predicted = trainClassifier(one, learning)(validation.images);
    expect(trainClassifier(other, learning)(validation.images)).not.toEqual(predicted);
  }
});

it("recognizes more digits the more it sees of them, validation and unseen ones", () => {
  const settings = { classifier: nearest(1, 1000), resolution: "7x7", digits: "validation" } as const;
  const accuracy = measureAccuracy(settings);
  expect(accuracy).toBeGreaterThan(0.8);
  expect(accuracy).toBeLessThan(1);
  expect(measureAccuracy({ ...settings, resolution: "4x4" })).toBeLessThan(accuracy);
  expect(measureAccuracy({ ...settings, classifier: nearest(1, 100) })).toBeLessThan(accuracy);
  expect(measureAccuracy({ ...settings, digits: "unseen" })).toBeGreaterThan(0.8);
});
