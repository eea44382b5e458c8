import fc from "fast-check";
import { expect, it } from "vitest";
import { preface } from "./protocol.ts";
import { get, settings, windowUpdate } from "./test-parts/frames.ts";
import { type MemoryConnection, openMemory } from "./test-parts/memory-connection.ts";
import type { Stream } from "./test-parts/serve.ts";
import { type ClientSettings, createWindowModel, type WindowModel } from "./test-parts/window-model.ts";

/** What happens, one thing after the other. Streams are named by their place. */
type Event =
  | { readonly kind: "write"; readonly stream: number; readonly bytes: number }
  | { readonly kind: "end"; readonly stream: number; readonly bytes: number; readonly hasTrailers: boolean }
  | { readonly kind: "grow"; readonly stream: number; readonly bytes: number }
  | { readonly kind: "set"; readonly settings: ClientSettings }
  | { readonly kind: "turn" };

const streams = 4;
const stream = fc.nat(streams - 1);
const sizes = fc.oneof(fc.nat(20), fc.nat(3000), fc.nat(100_000));
const firstWindow = fc.oneof(fc.constantFrom(0, 1, 65_535, 1 << 20), fc.nat(3000));
const maxFrame = fc.oneof(fc.constantFrom(16_384, 1 << 20), fc.integer({ min: 16_384, max: 40_000 }));

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("write" as const), stream, bytes: sizes }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("end" as const), stream, bytes: sizes, hasTrailers: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("grow" as const),
      stream: fc.integer({ min: -1, max: streams - 1 }),
      bytes: sizes,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      settings: fc.record({ initialWindowSize: firstWindow, maxFrameSize: maxFrame }, { requiredKeys: [] }),
    }),
  },
  { weight: 4, arbitrary: fc.constant<Event>({ kind: "turn" }) },
);

const idOf = (place: number) => place * 2 + 1;

/** More bytes than any stream has here, of which each says where it belongs. */
const pattern = Buffer.alloc(8 << 20, Buffer.from(Array.from({ length: 251 }, (_, index) => index)));

const bytesFrom = (at: number, length: number) => pattern.subarray(at, at + length);

/** Plays what happens on a connection whose client keeps the books. */
class Play {
  readonly model: WindowModel = createWindowModel();
  readonly handlers: Stream[] = [];
  readonly written: number[] = Array(streams).fill(0);
  readonly faults: unknown[] = [];
  readonly opened: MemoryConnection;

  constructor() {
    const take = (frame: Parameters<WindowModel["take"]>[0]) => {
      try {
        this.model.take(frame);
      } catch (error) {
        this.faults.push(error);
      }
    };
    this.opened = openMemory((handler) => this.handlers.push(handler), {}, take);
  }

  async begin(): Promise<void> {
    this.model.set({});
    const requests = this.written.map((_, place) => get(idOf(place)));
    await this.opened.send(Buffer.concat([preface, settings(), ...requests]));
    for (const handler of this.handlers) handler.start(200, {});
  }

  async play(happened: Event): Promise<void> {
    switch (happened.kind) {
      case "write":
        this.handlers[happened.stream]?.write(this.#next(happened.stream, happened.bytes));
        break;
      case "end":
        this.#end(happened.stream, happened.bytes, happened.hasTrailers);
        break;
      case "grow":
        await this.grow(happened.stream < 0 ? 0 : idOf(happened.stream), happened.bytes);
        break;
      case "set":
        await this.set(happened.settings);
        break;
      default:
        await this.opened.send(Buffer.alloc(0));
    }
  }

  async grow(id: number, bytes: number): Promise<void> {
    if (bytes === 0 || this.model.ended.has(id)) return;
    this.model.grow(id, bytes);
    await this.opened.send(windowUpdate(id, bytes));
  }

  async set(chosen: ClientSettings): Promise<void> {
    this.model.set(chosen);
    const { initialWindowSize, maxFrameSize } = chosen;
    await this.opened.send(
      settings([
        ...(initialWindowSize === undefined ? [] : [["initialWindowSize", initialWindowSize] as const]),
        ...(maxFrameSize === undefined ? [] : [["maxFrameSize", maxFrameSize] as const]),
      ]),
    );
  }

  endAll(): void {
    for (let place = 0; place < streams; place++) this.#end(place, 7, place % 2 === 0);
  }

  readonly #ended = new Set<number>();

  #next(place: number, bytes: number): Buffer {
    if (this.#ended.has(place)) return Buffer.alloc(0);
    const next = bytesFrom(this.written[place] ?? 0, bytes);
    this.written[place] = (this.written[place] ?? 0) + bytes;
    return next;
  }

  #end(place: number, bytes: number, hasTrailers: boolean): void {
    if (this.#ended.has(place)) return;
    const last = this.#next(place, bytes);
    this.#ended.add(place);
    this.handlers[place]?.end({ bytes: last, ...(hasTrailers && { trailers: { "x-sum": "7" } }) });
  }
}

it("sends what is written on each stream, whole and in order, and never beyond a window or a frame", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60, size: "max" }), async (events) => {
      const play = new Play();
      await play.begin();
      for (const happened of events) await play.play(happened);
      play.endAll();
      expect(play.faults).toEqual([]);
      // Whatever happened, a client that lets everything come gets everything.
      await play.set({ initialWindowSize: 1 << 28 });
      await play.grow(0, 1 << 28);
      while (play.model.ended.size < streams && play.faults.length === 0) await play.opened.send(Buffer.alloc(0));
      expect(play.faults).toEqual([]);
      for (const [place, length] of play.written.entries()) {
        const body = Buffer.concat(play.model.bodies.get(idOf(place)) ?? []);
        expect(body.equals(bytesFrom(0, length))).toBe(true);
      }
      expect(play.opened.connection.streams.size).toBe(0);
      await play.opened.close();
      expect([...play.opened.closings.values()]).toEqual(Array(streams).fill(1));
    }),
  );
});
