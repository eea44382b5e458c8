import { fault } from "./connection-error.ts";
import type { Http2Limits } from "./limits.ts";
import {
  defaultMaxFrameBytes,
  defaultWindowBytes,
  errorCode,
  frameHeadBytes,
  frameType,
  max31Bits,
  setting,
} from "./protocol.ts";
import { writeFrameHead } from "./write-frames.ts";

/** What the other side wants of what is sent to it. */
export interface PeerSettings {
  initialWindowBytes: number;
  maxFrameBytes: number;
  /** The size of the header table was changed, which the next block of headers must acknowledge. */
  isTableChanged: boolean;
}

/** What holds until the first settings come. */
export const initialPeerSettings = (): PeerSettings => ({
  initialWindowBytes: defaultWindowBytes,
  maxFrameBytes: defaultMaxFrameBytes,
  isTableChanged: false,
});

const entryBytes = 6;

/**
 * Reads the entries of a SETTINGS frame into what is known. Those that are not known are passed over.
 *
 * @throws ConnectionError where a value is out of its range
 */
export function readSettings(payload: Buffer, peer: PeerSettings): void {
  if (payload.length % entryBytes !== 0) throw fault("settings of odd length", errorCode.frameSizeError);
  for (let at = 0; at < payload.length; at += entryBytes) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case setting.headerTableSize:
        peer.isTableChanged = true;
        break;
      case setting.enablePush:
        if (value > 1) throw fault(`enable_push is 0 or 1, not ${value}`);
        break;
      case setting.initialWindowSize:
        if (value > max31Bits) throw fault(`a first window of ${value} bytes`, errorCode.flowControlError);
        peer.initialWindowBytes = value;
        break;
      case setting.maxFrameSize:
        if (value < defaultMaxFrameBytes || value > 0xff_ffff) throw fault(`frames of at most ${value} bytes`);
        peer.maxFrameBytes = value;
        break;
      default:
    }
  }
}

/** Makes the first frames that a server sends: its settings, and the window of the connection. */
export function openingFrames(limits: Http2Limits): Buffer {
  const entries: readonly (readonly [number, number])[] = [
    [setting.maxConcurrentStreams, limits.maxStreams],
    [setting.initialWindowSize, limits.streamWindowBytes],
    [setting.maxHeaderListSize, limits.maxHeaderListBytes],
  ];
  const settingsBytes = entries.length * entryBytes;
  const more = limits.connectionWindowBytes - defaultWindowBytes;
  const bytes = Buffer.alloc(frameHeadBytes + settingsBytes + (more > 0 ? frameHeadBytes + 4 : 0));
  writeFrameHead(bytes, 0, settingsBytes, frameType.settings, 0, 0);
  entries.forEach(([name, value], index) => {
    const at = frameHeadBytes + index * entryBytes;
    bytes.writeUInt16BE(name, at);
    bytes.writeUInt32BE(value, at + 2);
  });
  // A window can be given more room, never less, and not none at all.
  if (more <= 0) return bytes;
  const at = frameHeadBytes + settingsBytes;
  writeFrameHead(bytes, at, 4, frameType.windowUpdate, 0, 0);
  bytes.writeUInt32BE(more, at + frameHeadBytes);
  return bytes;
}
