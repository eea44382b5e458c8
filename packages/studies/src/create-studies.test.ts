import { createTypeRegistry } from "@trimtab/core";
import { describeStudies, describeStudyArguments } from "@trimtab/core/conformance";
import { cel } from "@trimtab/expressions";
import { createEncodedLog, createEncodedSnapshots, createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { createStudies, studyCodec, studySnapshotCodec } from "./index.ts";

const types = createTypeRegistry(builtinTypes);

for (const shared of [true, false]) {
  const name = shared ? "in one of several processes" : "in process";
  const open = async () => {
    const store = createStore({ types, expressions: cel });
    const log = createEncodedLog(createMemoryLog<Uint8Array>(), studyCodec);
    const snapshots = createEncodedSnapshots(createMemorySnapshots<Uint8Array>(), studySnapshotCodec);
    const studies = createStudies({ store, log, snapshots, types, shared, bookmarkIntervalMs: 20 });
    const close = async () => {
      studies.close();
      await store.close();
    };
    return { store, studies: studies.of(store), close };
  };
  describeStudies(name, open);
  if (shared) describeStudyArguments(name, open);
}
