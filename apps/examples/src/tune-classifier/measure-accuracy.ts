import { loadDigits } from "./digits.ts";
import { trainClassifier } from "./train-classifier.ts";
import type { Settings } from "./variables.ts";

const recognized = { validation: 300, unseen: 500 } as const;

/**
 * Trains a classifier with these settings and gives the share of other digits that it recognizes, from 0 to 1. With a
 * `share` it learns from that part of the examples only, which takes less time and tells settings apart all the same.
 */
export function measureAccuracy({ classifier, resolution, digits }: Settings, share = 1): number {
  const examples = Math.round(classifier.parameters.examples * share);
  const predict = trainClassifier(classifier, loadDigits("learning", examples, resolution));
  const { images, labels } = loadDigits(digits, recognized[digits], resolution);
  const predicted = predict(images);
  return labels.filter((label, index) => label === predicted[index]).length / labels.length;
}
