import { defaultMaxFrameBytes, defaultWindowBytes } from "../protocol.ts";
import type { Frame } from "./frames.ts";

/** What a client allows, as it follows from what it has said and what was acknowledged. */
export interface WindowModel {
  /** The body of each stream, as far as it has come. */
  readonly bodies: ReadonlyMap<number, readonly Buffer[]>;
  /** Streams that have ended. */
  readonly ended: ReadonlySet<number>;
  /** Says that more may be sent, on a stream or, with 0, on all. */
  grow(id: number, bytes: number): void;
  /** Says that settings were sent, which hold once they are acknowledged. */
  set(settings: ClientSettings): void;
  /** Takes a frame of the server's; throws where it is more than was allowed. */
  take(frame: Frame): void;
}

/** What a client sets. */
export interface ClientSettings {
  readonly initialWindowSize?: number;
  readonly maxFrameSize?: number;
}

/** Creates a model of a client that has said nothing yet. */
export function createWindowModel(): WindowModel {
  const windows = new Map<number, number>();
  const bodies = new Map<number, Buffer[]>();
  const ended = new Set<number>();
  const unacknowledged: ClientSettings[] = [];
  let connectionWindow = defaultWindowBytes;
  let firstWindow = defaultWindowBytes;
  let maxFrame = defaultMaxFrameBytes;

  function acknowledge(): void {
    const { initialWindowSize = firstWindow, maxFrameSize = maxFrame } = unacknowledged.shift() ?? {};
    for (const [id, window] of windows) windows.set(id, window + initialWindowSize - firstWindow);
    firstWindow = initialWindowSize;
    maxFrame = maxFrameSize;
  }

  function takeData({ streamId, payload }: Frame): void {
    const window = (windows.get(streamId) ?? firstWindow) - payload.length;
    connectionWindow -= payload.length;
    windows.set(streamId, window);
    if (payload.length > maxFrame) throw new Error(`a frame of ${payload.length} bytes where ${maxFrame} are allowed`);
    const isBeyond = payload.length > 0 && (window < 0 || connectionWindow < 0);
    if (isBeyond)
      throw new Error(`stream ${streamId} is ${window}, the connection ${connectionWindow} after ${payload.length}`);
    bodies.set(streamId, [...(bodies.get(streamId) ?? []), payload]);
  }

  return {
    bodies,
    ended,
    grow(id, bytes) {
      if (id === 0) connectionWindow += bytes;
      else windows.set(id, (windows.get(id) ?? firstWindow) + bytes);
    },
    set(settings) {
      unacknowledged.push(settings);
    },
    take(frame) {
      if (ended.has(frame.streamId) && frame.streamId !== 0)
        throw new Error(`stream ${frame.streamId} goes on after its end`);
      if (frame.type === 0) takeData(frame);
      if (frame.type === 4 && frame.flags === 1) acknowledge();
      if (frame.type <= 1 && (frame.flags & 1) === 1) ended.add(frame.streamId);
    },
  };
}
