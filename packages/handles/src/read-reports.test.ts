import { type ClientReads, type ErrorReason, storeError } from "@trimtab/core";
import { describe, expect, it } from "vitest";
import { openSession } from "./open-session.ts";
import { createReadReports } from "./read-reports.ts";
import { assistant, closingAfterEach, thrown } from "./test-parts/assistant.ts";
import { createManualTimers } from "./test-parts/manual-timers.ts";

const { closing, newStore } = closingAfterEach();

/** Takes reports, or refuses them for reasons that a test puts in line. */
function createRecorder(reasons: ErrorReason[] = []) {
  const reports: { requestId: string | undefined; reads: readonly ClientReads[] }[] = [];
  return {
    reports,
    /** What one variable's reads add up to, each report counted once. */
    countOf(ref: string) {
      const once = new Map(reports.map((report) => [report.requestId, report.reads]));
      const reads = [...once.values()].flat().filter((each) => each.ref === ref);
      const sum = (of: "cacheHits" | "cacheMisses") => reads.reduce((total, each) => total + (each[of] ?? 0), 0);
      return [sum("cacheHits"), sum("cacheMisses")];
    },
    async reportClientReads(_: string, reads: readonly ClientReads[], { requestId }: { requestId?: string } = {}) {
      reports.push({ requestId, reads });
      const reason = reasons.shift();
      if (reason !== undefined) throw storeError(reason, reason, {} as never);
    },
  };
}

/** Lets promises that have settled be taken note of. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a session that reports reads", () => {
  const open = async (recorder: ReturnType<typeof createRecorder>) => {
    const timers = createManualTimers();
    const store = newStore();
    const options = { reportReads: recorder, reportReadsMs: 1000, timers };
    const app = closing(await openSession(store, "assistant", assistant, options));
    return { app, store, timers };
  };

  it("sends what was read an interval after the first read, together, and nothing where nothing was", async () => {
    const recorder = createRecorder();
    const { app, timers } = await open(recorder);
    timers.advance(5000);
    expect(recorder.reports).toEqual([]);
    for (let i = 0; i < 5; i++) expect(app.variables.temperature.value).toBe(0.7);
    expect(app.variables.model.value).toBe("gpt-4");
    expect(recorder.reports).toEqual([]);
    timers.advance(1000);
    await settled();
    expect(recorder.reports).toHaveLength(1);
    expect(recorder.reports[0]?.reads).toEqual([
      { ref: "temperature", cacheHits: 5, cacheMisses: 0, lastReadAtMs: expect.any(Number) },
      { ref: "model", cacheHits: 1, cacheMisses: 0, lastReadAtMs: expect.any(Number) },
    ]);
    timers.advance(5000);
    expect(recorder.reports).toHaveLength(1);
  });

  it("counts all values read at once as a read of each", async () => {
    const recorder = createRecorder();
    const { app, timers } = await open(recorder);
    for (let i = 0; i < 4; i++) expect(app.values.maxTokens).toBe(256);
    timers.advance(1000);
    await settled();
    expect(app.values.model).toBe("gpt-4");
    timers.advance(1000);
    await settled();
    for (const name of ["temperature", "model", "maxTokens"]) expect(recorder.countOf(name)).toEqual([5, 0]);
  });

  it("counts what could not be answered from memory as missed", async () => {
    const recorder = createRecorder();
    const { app, store, timers } = await open(recorder);
    await store.setVariable("assistant", "temperature", 1);
    // It is made from the version before, which the store refuses, and made again from one that is asked for.
    let overtaken = false;
    const updated = app.variables.temperature.update((value) => {
      if (!overtaken) void store.setVariable("assistant", "temperature", 1.5);
      overtaken = true;
      return value / 2;
    });
    await expect
      .poll(() => {
        timers.advance(50);
        return app.variables.temperature.version;
      })
      .toBe(3);
    await updated;
    const { revision } = await store.deleteVariable("assistant", "model");
    await app.caughtUp(revision);
    expect(thrown(() => app.variables.model.value)).toMatchObject({ reason: "not_found" });
    timers.advance(1000);
    await settled();
    expect(recorder.countOf("temperature")[1]).toBe(1);
    expect(recorder.countOf("model")).toEqual([0, 1]);
  });

  it("reports what is left when it is closed", async () => {
    const recorder = createRecorder();
    const { app } = await open(recorder);
    expect(app.variables.temperature.value).toBe(0.7);
    await app.close();
    expect(recorder.countOf("temperature")).toEqual([1, 0]);
    expect(app.variables.temperature.value).toBe(0.7);
    await app.close();
    expect(recorder.reports).toHaveLength(1);
  });
});

describe("reports", () => {
  const create = (recorder: ReturnType<typeof createRecorder>) => {
    const timers = createManualTimers();
    return { timers, reports: createReadReports({ session: "s", listener: recorder, timers, intervalMs: 1000 }) };
  };

  it("that did not get through are sent again as they were, and count once", async () => {
    const recorder = createRecorder(["unavailable", "deadline_exceeded"]);
    const { timers, reports } = create(recorder);
    const counter = reports.of("a");
    for (let round = 0; round < 4; round++) {
      counter.hit();
      timers.advance(1000);
      await settled();
    }
    expect(recorder.reports.map(({ reads }) => reads[0]?.cacheHits)).toEqual([1, 1, 1, 3]);
    expect(new Set(recorder.reports.slice(0, 3).map(({ requestId }) => requestId)).size).toBe(1);
    expect(recorder.countOf("a")).toEqual([4, 0]);
  });

  it("end where nobody takes them, and go on after one that was refused for itself", async () => {
    for (const [reason, count] of [
      ["unimplemented", 1],
      ["access_denied", 1],
      ["session_not_found", 2],
    ] as const) {
      const recorder = createRecorder([reason]);
      const { timers, reports } = create(recorder);
      const counter = reports.of("a");
      for (let round = 0; round < 2; round++) {
        counter.miss();
        timers.advance(1000);
        await settled();
      }
      expect(recorder.reports).toHaveLength(count);
    }
  });

  it("hold a thousand variables each", async () => {
    const recorder = createRecorder();
    const { timers, reports } = create(recorder);
    for (let i = 0; i < 2500; i++) reports.of(`v${i}`);
    reports.allRead();
    timers.advance(1000);
    await settled();
    expect(recorder.reports.map(({ reads }) => reads.length)).toEqual([1000, 1000, 500]);
  });

  it("are not sent once nobody is there any more", async () => {
    const recorder = createRecorder();
    const { timers, reports } = create(recorder);
    const counter = reports.of("a");
    counter.hit();
    await reports.close(false);
    counter.hit();
    timers.advance(1000);
    await settled();
    expect([recorder.reports, timers.pending]).toEqual([[], []]);
  });
});
