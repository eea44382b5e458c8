import type { Store, StudyStore } from "@trimtab/core";

/** Makes a session "s" with variables x and y from 0 to 10, at 5, and a study "one" that searches both. */
export async function createTwo(studies: StudyStore, store: Store): Promise<void> {
  await store.createSession({ id: "s" });
  const constraints = { min: 0, max: 10 };
  await store.registerVariables(
    "s",
    ["x", "y"].map((name) => ({ name, type: "float", value: 5, constraints })),
  );
  await studies.createStudy("s", { id: "one", variables: ["x", "y"], seed: 1 });
}
