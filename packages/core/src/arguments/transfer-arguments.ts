import { type Dependency, dependencyKinds } from "../dependency/dependency.ts";
import type { TransferStore } from "../store/transfer-store.ts";
import type { VariableExport } from "../transfer/variable-export.ts";
import type { Variable } from "../variable.ts";
import {
  type CallArguments,
  filled,
  flag,
  having,
  list,
  number,
  oneOf,
  optional,
  options,
  partOf,
  text,
  time,
  values,
  whole,
} from "./kind.ts";
import { derivation, point, session, write } from "./shared-kinds.ts";

// Of each variable no more than what it is told by: what is wrong with it is its own refusal, beside those of the others.
const exported = partOf<VariableExport>({
  session: text,
  revision: whole,
  exportedAtMs: time,
  variables: list(
    partOf<Pick<Variable, "id" | "name" | "derivation">>({ id: text, name: text, derivation: optional(derivation) }),
  ),
  dependencies: list(
    partOf<Dependency>({
      variable: text,
      dependsOn: text,
      kind: oneOf(dependencyKinds),
      metadata: values,
      createdAtMs: number,
      revision: number,
    }),
  ),
  history: having("get"),
});

/** What the arguments are of what takes variables out and in. */
export const transferArguments: CallArguments<TransferStore> = {
  exportVariables: [
    session,
    [
      "options",
      options({
        refs: list(text),
        pattern: filled,
        types: list(text),
        space: filled,
        includeHistory: flag,
        includeDependencies: flag,
        at: point,
      }),
    ],
  ],
  importVariables: [
    session,
    ["data", exported],
    [
      "options",
      options({
        ...write,
        strategy: text,
        allowPartial: flag,
        validateOnly: flag,
        pattern: filled,
        includeHistory: flag,
        includeDependencies: flag,
      }),
    ],
  ],
};
