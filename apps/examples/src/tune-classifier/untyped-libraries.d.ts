// What is used of libraries that come without types, or with types that do not resolve.

declare module "mnist" {
  /** All digits of one kind, 0 to 9. */
  interface Digits {
    readonly length: number;
    /** The digit's 28 times 28 pixels, row by row, from 0 (paper) to 1 (ink). */
    get(index: number): number[];
  }
  const mnist: readonly Digits[];
  export = mnist;
}

declare module "ml-knn" {
  interface Options {
    readonly k: number;
    readonly distance?: (a: readonly number[], b: readonly number[]) => number;
  }
  class KNN {
    constructor(images: readonly (readonly number[])[], labels: readonly number[], options: Options);
    predict(images: readonly (readonly number[])[]): number[];
  }
  export = KNN;
}

declare module "ml-naivebayes" {
  export class MultinomialNB {
    train(images: readonly (readonly number[])[], labels: readonly number[]): void;
    predict(images: readonly (readonly number[])[]): number[];
  }
}

declare module "ml-cart" {
  interface Options {
    readonly maxDepth: number;
    readonly minNumSamples: number;
  }
  export class DecisionTreeClassifier {
    constructor(options: Options);
    train(images: readonly (readonly number[])[], labels: readonly number[]): void;
    predict(images: readonly (readonly number[])[]): number[];
  }
}

declare module "ml-random-forest" {
  interface Options {
    readonly nEstimators: number;
    readonly maxFeatures: number;
    readonly replacement: boolean;
    readonly useSampleBagging: boolean;
    readonly noOOB: boolean;
    readonly seed: number;
    readonly treeOptions: { readonly maxDepth: number };
  }
  export class RandomForestClassifier {
    constructor(options: Options);
    train(images: readonly (readonly number[])[], labels: readonly number[]): void;
    predict(images: readonly (readonly number[])[]): number[];
  }
}
