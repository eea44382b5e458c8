import type { DescMessage } from "@bufbuild/protobuf";
import {
  ProgramService,
  SessionService,
  VariableService,
  VariableSpecSchema,
  VariableUpdateSchema,
  WatchService,
  WriteContextSchema,
} from "@trimtab/wire/services";
import { expect, test } from "vitest";
import { unserved } from "./unserved-fields.ts";

const page = ["session_id", "page_size", "page_token"];
const write = ["session_id", "context"];
const one = ["session_id", "variable"];

/** The fields of each request, and of its parts, that are acted upon. */
const served: Record<string, readonly string[]> = {
  CreateSessionRequest: [...write, "ttl", "metadata", "if_exists"],
  GetSessionRequest: ["session_id"],
  ListSessionsRequest: ["page_size", "page_token", "pattern"],
  UpdateSessionRequest: [...write, "metadata", "ttl", "update_mask"],
  TouchSessionRequest: ["session_id"],
  DeleteSessionRequest: [...write, "allow_missing"],
  PutProgramRequest: [...write, "program_id", "body"],
  GetProgramRequest: ["session_id", "program_id"],
  ListProgramsRequest: page,
  DeleteProgramRequest: [...write, "program_id", "allow_missing"],
  RegisterVariableRequest: [...write, "spec", "if_exists"],
  BatchRegisterVariablesRequest: [...write, "specs", "if_exists"],
  GetVariableRequest: one,
  BatchGetVariablesRequest: ["session_id", "variables"],
  ListVariablesRequest: [...page, "pattern", "type", "origin", "metadata", "omit_metadata"],
  SetVariableRequest: [...one, "context", "value", "expected_version"],
  BatchSetVariablesRequest: [...write, "updates", "allow_partial", "expected_versions"],
  UpdateVariableRequest: [
    ...one,
    "context",
    "description",
    "metadata",
    "constraints",
    "update_mask",
    "expected_version",
  ],
  DeleteVariableRequest: [...one, "context", "allow_missing", "expected_version"],
  BatchDeleteVariablesRequest: [...write, "variables", "allow_missing"],
  ListVariableTypesRequest: [],
  WatchVariablesRequest: [
    "session_id",
    "variables",
    "pattern",
    "resume_token",
    "omit_initial_values",
    "coalesce",
    "include_old_values",
  ],
  WriteContext: ["actor", "origin", "metadata"],
  VariableSpec: ["name", "type", "value", "constraints", "description", "metadata", "read_only"],
  VariableUpdate: ["variable", "value"],
};

const requests = [SessionService, ProgramService, VariableService, WatchService].flatMap(({ methods }) =>
  methods.filter(({ name }) => name !== "ForkSession").map(({ input }): DescMessage => input),
);
const parts: readonly DescMessage[] = [WriteContextSchema, VariableSpecSchema, VariableUpdateSchema];

test.each([...requests, ...parts].map((desc) => [desc.name, desc] as const))(
  "every field of %s is acted upon or refused",
  (name, desc) => {
    const refused = (unserved.get(desc.typeName) ?? []).map((field) => field.name);
    expect([...(served[name] ?? []), ...refused].sort()).toEqual(desc.fields.map((field) => field.name).sort());
  },
);
