import { expect } from "vitest";
import {
  type ErrorReason,
  isStoreError,
  type Store,
  type StoreError,
  type StudySpec,
  type StudyStore,
} from "../../index.ts";

/** Studies under test, over a store that is empty, reads CEL expressions and knows at least floats and integers. */
export interface StudiesHarness {
  readonly store: Store;
  readonly studies: StudyStore;
  readonly close?: () => Promise<void>;
}

/** Opens studies that are empty, for one test. */
export type OpenStudies = () => Promise<StudiesHarness>;

/** A session `s` with the floats x and y from 0 to 10, their sum, a count, and a study `one` of x and y. */
export async function openSample(open: OpenStudies, spec: Partial<StudySpec> = {}): Promise<StudiesHarness> {
  const harness = await open();
  const { store, studies } = harness;
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "x", type: "float", value: 5, constraints: { min: 0, max: 10 } },
    { name: "y", type: "float", value: 5, constraints: { min: 0, max: 10 } },
    { name: "count", type: "integer", value: 1, constraints: { min: 0, max: 9 } },
    { name: "free", type: "float", value: 1 },
    { name: "sum", type: "float", derivation: { kind: "expression", expression: "x + y" } },
  ]);
  await studies.createStudy("s", { id: "one", variables: ["x", "y"], seed: 1, ...spec });
  return harness;
}

/** What something is refused with. */
export async function refusalOf(call: Promise<unknown>, reason: ErrorReason): Promise<StoreError> {
  const error = await call.then(
    () => expect.fail(`resolved, where ${reason} was expected`),
    (thrown: unknown) => thrown,
  );
  if (!isStoreError(error)) throw error;
  expect(error.reason).toBe(reason);
  return error;
}

/** Asks for one trial, which there must be. */
export async function ask(studies: StudyStore, clientId?: string) {
  const { trials } = await studies.askTrials("s", "one", clientId === undefined ? {} : { clientId });
  return trials[0] ?? expect.fail("there is always another trial");
}
