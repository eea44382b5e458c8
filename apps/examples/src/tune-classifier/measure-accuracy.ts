import { loadDigits } from "./digits.ts";
import { trainClassifier } from "./train-classifier.ts";
import type { Settings } from "./variables.ts";

const recognized = { validation: 300, unseen: 500 } as const;

/** Trains a classifier with these settings and gives the share of other digits that it recognizes, from 0 to 1. */
export function measureAccuracy({ classifier, resolution, digits }: Settings): number {
  const predict = trainClassifier(classifier, loadDigits("learning", classifier.parameters.examples, resolution));
  const { images, labels } = loadDigits(digits, recognized[digits], resolution);
  const predicted = predict(images);
  return labels.filter((label, index) => label === predicted[index]).length / labels.length;
}
