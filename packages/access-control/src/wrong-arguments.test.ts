import { describeArguments } from "@trimtab/core/conformance";
import { createAccessControl } from "./create-access-control.ts";

describeArguments(
  "making access control",
  async () => ({ calls: { createAccessControl }, state: async () => undefined, isThrowing: true }),
  { createAccessControl: [{ expressions: undefined }] },
);
