import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGathering } from "./gathering.ts";

/** A log that is answered, and turns that end, when the test says so. */
function createLog() {
  const batches: number[] = [];
  const ends: (() => void)[] = [];
  let submitted = 0;
  const send = (): void => {
    if (submitted === 0 || batches.length === 2) return;
    batches.push(submitted);
    submitted = 0;
  };
  const gathering = createGathering({
    underWay: () => batches.reduce((sum, each) => sum + each, submitted),
    hasRoom: () => batches.length < 2,
    send,
    atEndOfTurn: (callback) => ends.push(callback),
  });
  const session = () => {
    let waiting = 0;
    const submit = (): void => {
      submitted += waiting;
      waiting = 0;
    };
    return {
      waiting: () => waiting,
      write(count: number): void {
        for (let i = 0; i < count; i++) gathering.ask(submit, ++waiting);
      },
    };
  };
  return {
    batches,
    session,
    endTurn(): void {
      for (const end of ends.splice(0)) end();
      send();
    },
    answer(): number {
      const answered = batches.shift() ?? 0;
      gathering.appended();
      send();
      return answered;
    },
  };
}

describe("gathering", () => {
  test("lets what comes in one turn go together, whoever it is from", () => {
    const log = createLog();
    const [one, other] = [log.session(), log.session()];
    one.write(3);
    other.write(4);
    expect(log.batches).toEqual([]);
    log.endTurn();
    expect(log.batches).toEqual([7]);
  });

  test("lets few follow on each other turn by turn", () => {
    const log = createLog();
    const session = log.session();
    session.write(10);
    log.endTurn();
    session.write(2);
    log.endTurn();
    expect(log.batches).toEqual([10, 2]);
  });

  test("lets many go in halves, the second while the first is under way", () => {
    const log = createLog();
    const session = log.session();
    session.write(64);
    log.endTurn();
    const sizes: number[] = [];
    for (let round = 0; round < 40; round++) {
      // Whoever is answered asks again, the answers to a batch all in one turn.
      const answered = log.answer();
      sizes.push(answered);
      session.write(answered);
      log.endTurn();
      expect(log.batches.length + session.waiting()).toBeGreaterThan(0);
    }
    expect(Math.max(...sizes.slice(-10))).toBeLessThan(48);
    expect(Math.min(...sizes.slice(-10))).toBeGreaterThan(16);
  });

  test("lets a lone one go at the end of its turn, when there were many before", () => {
    const log = createLog();
    const session = log.session();
    session.write(200);
    log.endTurn();
    while (log.batches.length > 0) log.answer();
    session.write(1);
    log.endTurn();
    expect(log.batches).toEqual([1]);
  });

  test("leaves nobody waiting once turns end and batches are answered", () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant("write" as const), by: fc.nat(2), count: fc.integer({ min: 1, max: 80 }) }),
      fc.constant({ kind: "answer" as const }),
      fc.constant({ kind: "end" as const }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 100 }), (acts) => {
        const log = createLog();
        const sessions = [log.session(), log.session(), log.session()];
        let asked = 0;
        let answered = 0;
        for (const one of acts) {
          if (one.kind === "answer") answered += log.answer();
          else if (one.kind === "end") log.endTurn();
          else {
            sessions[one.by]?.write(one.count);
            asked += one.count;
          }
        }
        log.endTurn();
        while (log.batches.length > 0) answered += log.answer();
        expect(answered).toBe(asked);
      }),
    );
  });
});
