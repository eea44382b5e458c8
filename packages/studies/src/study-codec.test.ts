import { expect, test } from "vitest";
import { studyCodec } from "./study-codec.ts";
import type { StudyEntry } from "./study-entry.ts";

test("entries come back exactly, whatever values and names are in them", () => {
  const before = { integer: 2n ** 60n, bytes: new Uint8Array([0, 255]), record: [{ number: -0 }, null, "x"], b: true };
  const entry: StudyEntry = {
    kind: "apply-begun",
    atMs: 1.5,
    number: 3,
    token: "t",
    requestId: "t",
    before,
    expectedVersions: { integer: 1 },
  };
  expect(studyCodec.decode(studyCodec.encode(entry))).toEqual(entry);
});

test("what is damaged or newer is refused as lost data", () => {
  const entryOf = (entry: object) => new TextDecoder().decode(studyCodec.encode(entry as StudyEntry));
  const newer = [
    { kind: "study-renamed", atMs: 1 },
    { kind: "study-advanced", atMs: 1, events: [{ kind: "trial-paused" }] },
  ];
  for (const text of ["", "{", "null", '{"format":2}', ...newer.map(entryOf)]) {
    expect(() => studyCodec.decode(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ reason: "data_loss" }),
    );
  }
});
