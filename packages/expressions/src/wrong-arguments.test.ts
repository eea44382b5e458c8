import { describeArguments } from "@trimtab/core/conformance";
import { cel } from "./cel.ts";
import { compileCondition, compileExpression } from "./compile-expression.ts";

const options = { variables: ["x"], field: "rule", maxLength: 100, maxCost: 100 };

describeArguments(
  "expressions",
  async () => ({ calls: { compileExpression, compileCondition, cel }, state: async () => undefined, isThrowing: true }),
  {
    compileExpression: ["x > 1", options],
    compileCondition: ["x > 1", options],
    cel: ["x > 1", { field: "rule", knows: () => true, isCondition: true }],
  },
);
