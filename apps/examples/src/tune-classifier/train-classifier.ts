import { DecisionTreeClassifier } from "ml-cart";
import KNN from "ml-knn";
import { MultinomialNB } from "ml-naivebayes";
import { RandomForestClassifier } from "ml-random-forest";
import type { LabelledDigits } from "./digits.ts";
import type { Classifier } from "./variables.ts";

/** Says what images show. */
export type Predict = (images: LabelledDigits["images"]) => readonly number[];

/** Trains a classifier with its parameters. The same parameters and digits always give the same classifier. */
export function trainClassifier(classifier: Classifier, { images, labels }: LabelledDigits): Predict {
  switch (classifier.module) {
    case "nearest": {
      const { k, distance } = classifier.parameters;
      const nearest = new KNN(images, labels, { k, ...(distance === "manhattan" && { distance: manhattan }) });
      return (unknown) => nearest.predict(unknown);
    }
    case "bayes": {
      const { smoothing } = classifier.parameters;
      const bayes = new MultinomialNB();
      // The library adds 1 to the ink of every pixel; in other units of ink that is any other amount.
      bayes.train(
        images.map((image) => image.map((ink) => ink / smoothing)),
        labels,
      );
      return (unknown) => bayes.predict(unknown);
    }
    case "tree": {
      const { depth, leaf } = classifier.parameters;
      const tree = new DecisionTreeClassifier({ maxDepth: depth, minNumSamples: leaf });
      tree.train(images, labels);
      return (unknown) => tree.predict(unknown);
    }
    case "forest": {
      const { trees, depth, pixels } = classifier.parameters;
      const forest = new RandomForestClassifier({
        nEstimators: trees,
        maxFeatures: pixels,
        replacement: false,
        useSampleBagging: true,
        noOOB: true,
        seed: 1,
        treeOptions: { maxDepth: depth },
      });
      forest.train(images, labels);
      return (unknown) => forest.predict(unknown);
    }
  }
}

/** Sum of differences. The library calls it with the digit to recognize first; examples carry their label at the end. */
function manhattan(image: readonly number[], example: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < image.length; index++) sum += Math.abs((image[index] ?? 0) - (example[index] ?? 0));
  return sum;
}
