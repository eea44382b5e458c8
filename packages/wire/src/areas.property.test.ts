import type { CommitSummary, ConfigurationSpace, DependencyView, Label, Rule, RuleCheck } from "@trimtab/core";
import { dependencyKinds, fromPayload, type Value, type VariableDifference, type VariableVersion } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromWireCommit, toWireCommit } from "./commit-summary.ts";
import { fromWireConfiguration, fromWireSpace, toWireConfiguration, toWireSpace } from "./configuration-space.ts";
import { fromWireDependency, fromWireDependencySpec, toWireDependency, toWireDependencySpec } from "./dependency.ts";
import { DependencySchema } from "./gen/trimtab/v1/dependency_edge_pb.ts";
import { DependencySpecSchema } from "./gen/trimtab/v1/dependency_pb.ts";
import {
  CommitSummarySchema,
  LabelSchema,
  VariableDifferenceSchema,
  VariableVersionSchema,
} from "./gen/trimtab/v1/history_pb.ts";
import {
  ConfigurationSchema,
  ConfigurationSpaceSchema,
  RuleCheckSchema,
  RuleSchema,
} from "./gen/trimtab/v1/rule_pb.ts";
import { fromWireLabel, toWireLabel } from "./label.ts";
import { fromWireRule, fromWireRuleCheck, toWireRule, toWireRuleCheck } from "./rule.ts";
import { change, names, origin, payload, record, text, timeMs, variable, whole } from "./test-parts/arbitraries.ts";
import { throughBinary } from "./test-parts/through-the-wire.ts";
import { fromWireDifference, fromWireVersion, toWireDifference, toWireVersion } from "./variable-version.ts";

const kind = fc.constantFrom(...dependencyKinds);
const stamps = { createdAtMs: timeMs, updatedAtMs: timeMs, updatedBy: text, revision: whole };

describe("comes back exactly", () => {
  test("a dependency", () => {
    const dependency: fc.Arbitrary<DependencyView> = fc.record({
      variable: text,
      variableName: text,
      dependsOn: text,
      dependsOnName: text,
      kind,
      metadata: record,
      depth: fc.nat(2 ** 32 - 1),
      createdAtMs: timeMs,
      revision: whole,
    });
    fc.assert(
      fc.property(dependency, (each) => {
        expect(fromWireDependency(throughBinary(DependencySchema, toWireDependency(each)))).toEqual(each);
      }),
    );
  });

  test("a dependency to add", () => {
    fc.assert(
      fc.property(fc.record({ variable: text, dependsOn: text, kind, metadata: record }), (each) => {
        expect(fromWireDependencySpec(throughBinary(DependencySpecSchema, toWireDependencySpec(each)))).toEqual(each);
      }),
    );
  });

  test("a rule, and whether it holds", () => {
    const rule: fc.Arbitrary<Rule> = fc.record({
      name: text,
      expression: text,
      message: text,
      description: text,
      disabled: fc.boolean(),
      variables: names,
      ...stamps,
    });
    const check: fc.Arbitrary<RuleCheck> = fc.record({
      rule: text,
      outcome: fc.constantFrom("holds", "violated", "error", "disabled"),
      message: text,
      variables: names,
    });
    fc.assert(
      fc.property(rule, check, (each, checked) => {
        expect(fromWireRule(throughBinary(RuleSchema, toWireRule(each)))).toEqual(each);
        expect(fromWireRuleCheck(throughBinary(RuleCheckSchema, toWireRuleCheck(checked)), "check")).toEqual(checked);
      }),
    );
  });

  test("a configuration space, and values by variable, whatever it is called", () => {
    const { updatedBy: _, ...times } = stamps;
    const space: fc.Arbitrary<ConfigurationSpace> = fc.record({
      name: text,
      description: text,
      variables: names,
      metadata: record,
      version: whole,
      ...times,
    });
    const name = fc.oneof(text, fc.constant("__proto__"));
    const configuration = fc
      .array(fc.tuple(name, payload), { maxLength: 3 })
      .map((entries) => Object.fromEntries(entries.map(([key, each]): [string, Value] => [key, fromPayload(each)])));
    fc.assert(
      fc.property(space, configuration, (each, values) => {
        expect(fromWireSpace(throughBinary(ConfigurationSpaceSchema, toWireSpace(each)))).toEqual(each);
        const back = fromWireConfiguration(throughBinary(ConfigurationSchema, toWireConfiguration(values)));
        expect(back).toEqual(values);
        expect(Object.keys(back).sort()).toEqual(Object.keys(values).sort());
      }),
    );
  });

  test("a version, with its value or without", () => {
    const version: fc.Arbitrary<VariableVersion> = fc
      .record(
        {
          version: whole,
          payload,
          updatedAtMs: timeMs,
          updatedBy: text,
          origin,
          metadata: record,
          revision: whole,
          rolledBackTo: whole,
          causedBy: names.filter((each) => each.length > 0),
          optimization: text.filter((each) => each !== ""),
        },
        { requiredKeys: ["version", "updatedAtMs", "updatedBy", "origin", "metadata", "revision"] },
      )
      .map((each) => (each.payload === undefined ? each : { ...each, value: fromPayload(each.payload) }));
    fc.assert(
      fc.property(version, (each) => {
        expect(fromWireVersion(throughBinary(VariableVersionSchema, toWireVersion(each)), "version")).toEqual(each);
      }),
    );
  });

  test("a difference", () => {
    const kinds = fc.constantFrom("registered", "updated", "changed", "deleted");
    const difference: fc.Arbitrary<VariableDifference> = fc.record(
      { kind: kinds, before: variable, after: variable },
      { requiredKeys: ["kind"] },
    );
    fc.assert(
      fc.property(difference, (each) => {
        const back = fromWireDifference(throughBinary(VariableDifferenceSchema, toWireDifference(each)), "difference");
        expect(back).toEqual(each);
      }),
    );
  });

  test("what a commit did", () => {
    const commit: fc.Arbitrary<CommitSummary> = fc.record(
      {
        revision: whole,
        atMs: timeMs,
        actor: text,
        origin,
        metadata: record,
        events: names,
        changes: fc.array(change, { maxLength: 3 }),
        requestId: text.filter((id) => id !== ""),
        labels: names,
      },
      { requiredKeys: ["revision", "atMs", "actor", "origin", "metadata", "events", "changes", "labels"] },
    );
    fc.assert(
      fc.property(commit, (each) => {
        expect(fromWireCommit(throughBinary(CommitSummarySchema, toWireCommit(each)), "commit")).toEqual(each);
      }),
    );
  });

  test("a label", () => {
    const label: fc.Arbitrary<Label> = fc.record({
      name: text,
      protected: fc.boolean(),
      description: text,
      ...stamps,
    });
    fc.assert(
      fc.property(label, (each) => {
        expect(fromWireLabel(throughBinary(LabelSchema, toWireLabel(each)))).toEqual(each);
      }),
    );
  });
});
