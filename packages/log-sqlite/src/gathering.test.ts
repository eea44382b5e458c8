import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGathering } from "./gathering.ts";

/** A log that is answered, turns that end and a clock that goes on when the test says so. */
function createLog() {
  const batches: number[] = [];
  const ends: (() => void)[] = [];
  let submitted = 0;
  let time = 0;
  const send = (): void => {
    if (submitted === 0 || batches.length === 2) return;
    batches.push(submitted);
    submitted = 0;
  };
  const gathering = createGathering({
    underWay: () => batches.reduce((sum, each) => sum + each, submitted),
    send,
    atEndOfTurn: (callback) => ends.push(callback),
    now: () => time,
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
    pass(duration: number): void {
      time += duration;
    },
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

/** Answers batches one after the other to callers of whom each asks again once it is answered; gives their sizes. */
function sizesOf({ callers, workTime, askTime }: { callers: number; workTime: number; askTime: number }): number[] {
  const log = createLog();
  const session = log.session();
  const sizes: number[] = [];
  let coming: { at: number; count: number }[] = [{ at: 0, count: callers }];
  let doneAt = 0;
  for (let time = 0; sizes.length < 100; time++, log.pass(1)) {
    if (log.batches.length > 0 && time >= doneAt) {
      const count = log.answer();
      sizes.push(count);
      coming.push({ at: time + askTime, count });
      doneAt = time + workTime;
    }
    const isIdle = log.batches.length === 0;
    for (const { at, count } of coming) if (at <= time) session.write(count);
    coming = coming.filter(({ at }) => at > time);
    log.endTurn();
    if (isIdle) doneAt = time + workTime;
  }
  return sizes;
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

  test("lets many go in halves where the log would wait for them longer than it works", () => {
    const sizes = sizesOf({ callers: 64, workTime: 5, askTime: 9 }).slice(-10);
    expect(Math.min(...sizes)).toBeGreaterThan(28);
    expect(Math.max(...sizes)).toBeLessThan(36);
  });

  test("lets all go together where a flush takes longer than it takes them to come", () => {
    expect(sizesOf({ callers: 64, workTime: 50, askTime: 9 }).slice(-10)).toEqual(Array(10).fill(64));
  });

  test("lets few go together, however long the log waits for them", () => {
    expect(sizesOf({ callers: 16, workTime: 5, askTime: 50 }).slice(-10)).toEqual(Array(10).fill(16));
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
      fc.record({ kind: fc.constant("pass" as const), duration: fc.integer({ min: 0, max: 20 }) }),
      fc.constant({ kind: "answer" as const }),
      fc.constant({ kind: "end" as const }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        const log = createLog();
        const sessions = [log.session(), log.session(), log.session()];
        let asked = 0;
        let answered = 0;
        for (const one of acts) {
          if (one.kind === "answer") answered += log.answer();
          else if (one.kind === "end") log.endTurn();
          else if (one.kind === "pass") log.pass(one.duration);
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
