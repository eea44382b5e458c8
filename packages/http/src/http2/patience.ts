import type { Connection } from "./connection.ts";
import { fault } from "./connection-error.ts";
import type { FrameReader } from "./frame-reader.ts";
import type { IncomingFrames } from "./incoming-frames.ts";
import type { Http2Limits } from "./limits.ts";
import { errorCode, frameType } from "./protocol.ts";
import { beatMs } from "./pulse.ts";
import type { ServerStream } from "./server-stream.ts";
import { Standstill } from "./standstill.ts";
import { sendFrameHead } from "./write-frames.ts";

/** What of an exchange waits for its client alone, and how far that is. */
export interface Owed {
  /** The rest of a request, without which there is no answer, or room for the rest of an answer. */
  readonly kind: "request" | "room";
  readonly progress: number;
}

/** What pings say that the server sends by itself. */
const pingBytes = Buffer.from("trimtab?");

/** For how long a stream has waited for its client: since anything came of it, and in all. */
interface Owing {
  readonly kind: Owed["kind"];
  readonly progress: Standstill;
  readonly whole: Standstill;
}

/**
 * Ends what its client takes too long for. It looks at each beat of a pulse at how far everything is, and so costs nothing beside that:
 * nobody notes when something began or went on.
 */
export class Patience {
  readonly #connection: Connection;
  readonly #incoming: IncomingFrames;
  readonly #frames: FrameReader;
  readonly #limits: Http2Limits;
  readonly #opening = new Standstill();
  readonly #acknowledgement = new Standstill();
  readonly #head = new Standstill();
  readonly #idleness = new Standstill();
  readonly #unsent = new Standstill();
  readonly #silence = new Standstill();
  /** Streams that waited for their client at the last beat. */
  #owing: ReadonlyMap<ServerStream, Owing> = nobody;

  constructor(connection: Connection, incoming: IncomingFrames, frames: FrameReader) {
    this.#connection = connection;
    this.#incoming = incoming;
    this.#frames = frames;
    this.#limits = connection.limits;
  }

  /** Looks at everything once. */
  beat(): void {
    const connection = this.#connection;
    const { waitingBytes, writtenBytes } = connection.output;
    const unsent = this.#unsent.look(waitingBytes > 0 ? writtenBytes - waitingBytes : undefined);
    const isStuck = isOver(unsent, this.#limits.sendTimeoutMs);
    if (connection.isOver) {
      if (isStuck) connection.socket.destroy();
      return;
    }
    if (isStuck) connection.fail(fault("what is sent is not taken", errorCode.noError));
    this.#lookAtOpening();
    this.#lookAtHead();
    this.#lookAtIdleness();
    if (!connection.isOver) this.#lookForLife();
    if (!connection.isOver) this.#lookAtStreams();
  }

  #lookAtOpening(): void {
    const { hasSettings, isAcknowledged } = this.#incoming;
    const { openingTimeoutMs, settingsTimeoutMs } = this.#limits;
    if (isOver(this.#opening.look(hasSettings ? undefined : 0), openingTimeoutMs))
      this.#connection.fail(fault("no settings have come"));
    if (isOver(this.#acknowledgement.look(isAcknowledged ? undefined : 0), settingsTimeoutMs))
      this.#connection.fail(fault("settings are not acknowledged", errorCode.settingsTimeout));
  }

  /** Looks whether the frame, or the head in several frames, that has begun is still the one of the last beat. */
  #lookAtHead(): void {
    const incoming = this.#incoming;
    const isBegun = (incoming.isWithinHead || this.#frames.isWithinFrame) && !this.#connection.socket.isPaused();
    if (isOver(this.#head.look(isBegun ? incoming.begunFrames : undefined), this.#limits.headTimeoutMs))
      this.#connection.fail(fault("a head does not come to its end", errorCode.enhanceYourCalm));
  }

  #lookAtIdleness(): void {
    const { streams, lastStreamId } = this.#connection;
    if (isOver(this.#idleness.look(streams.size === 0 ? lastStreamId : undefined), this.#limits.idleTimeoutMs))
      this.#connection.leave();
  }

  /** Asks a client that says nothing, and that something is kept for, whether it is still there. */
  #lookForLife(): void {
    const connection = this.#connection;
    const { pingIntervalMs, pingTimeoutMs } = this.#limits;
    const isListening = connection.streams.size > 0 && !connection.socket.isPaused();
    const silent = this.#silence.look(isListening ? connection.heardChunks : undefined);
    if (isOver(silent, beatsOf(pingIntervalMs) * beatMs + pingTimeoutMs))
      connection.fail(fault("a ping is not answered", errorCode.noError));
    else if (silent === beatsOf(pingIntervalMs)) {
      sendFrameHead(connection.output, pingBytes.length, frameType.ping, 0, 0);
      connection.output.add(pingBytes);
    }
  }

  #lookAtStreams(): void {
    const { streams, openBodies, heldBytes } = this.#connection;
    const before = this.#owing;
    this.#owing = nobody;
    if (openBodies === 0 && heldBytes === 0) return;
    const owing = new Map<ServerStream, Owing>();
    for (const stream of streams.values()) {
      const { owed } = stream;
      if (owed === undefined) continue;
      const known = before.get(stream);
      const now =
        known?.kind === owed.kind ? known : { kind: owed.kind, progress: new Standstill(), whole: new Standstill() };
      if (this.#isTooLong(owed, now)) stream.giveUp(owed.kind);
      else owing.set(stream, now);
    }
    this.#owing = owing;
  }

  #isTooLong({ kind, progress }: Owed, owing: Owing): boolean {
    const { bodyTimeoutMs, requestTimeoutMs, sendTimeoutMs } = this.#limits;
    const still = owing.progress.look(progress);
    const inAll = owing.whole.look(0);
    return kind === "room"
      ? isOver(still, sendTimeoutMs)
      : isOver(still, bodyTimeoutMs) || isOver(inAll, requestTimeoutMs);
  }
}

const nobody: ReadonlyMap<ServerStream, Owing> = new Map();

/** Beats within which a time has passed; at least one, since the first may follow at once. */
const beatsOf = (timeMs: number): number => Math.max(1, Math.ceil(timeMs / beatMs));

const isOver = (beats: number, timeMs: number): boolean => beats >= beatsOf(timeMs);
