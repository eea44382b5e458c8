import type { TransferStore } from "../../index.ts";
import { by, point } from "./call-parts.ts";

const imported = (name: string) => ({
  id: `var_${name}_1`,
  name,
  type: "float",
  value: 1,
  payload: { kind: "number", value: 1 },
  constraints: {},
  metadata: {},
  description: "",
  version: 0,
  revision: 1,
  createdAtMs: 1,
  updatedAtMs: 1,
  updatedBy: "ada",
  origin: "typescript",
  readOnly: false,
});

/** Arguments that take variables out, and in again. */
export const transferCalls: { readonly [M in keyof TransferStore]: readonly unknown[] } = {
  exportVariables: [
    "s",
    {
      refs: ["x"],
      pattern: "*",
      types: ["float"],
      space: undefined,
      includeHistory: true,
      includeDependencies: true,
      at: point,
    },
  ],
  importVariables: [
    "s",
    {
      session: "other",
      revision: 1,
      exportedAtMs: 1,
      variables: [imported("i"), imported("j")],
      dependencies: [
        { variable: "var_i_1", dependsOn: "var_j_1", kind: "data", metadata: {}, createdAtMs: 1, revision: 1 },
      ],
      history: new Map(),
    },
    {
      ...by,
      strategy: "keep",
      allowPartial: false,
      validateOnly: false,
      pattern: "*",
      includeHistory: true,
      includeDependencies: true,
    },
  ],
};
