import type { Socket } from "node:net";

/** The beginning of the client's preface of HTTP/2 that no request of HTTP/1.1 shares (RFC 9113, section 3.4). */
const preface = Buffer.from("PRI * HTTP/2");

/**
 * Reads just enough of a connection to know its protocol, however the bytes are split, and gives them back. A connection
 * that does not say within `timeoutMs` is destroyed.
 */
export function sniffProtocol(socket: Socket, timeoutMs: number, decide: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  const stop = () => {
    clearTimeout(timer);
    socket.off("data", onData);
    socket.off("close", stop);
  };
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, preface.length);
    const agrees = seen.subarray(0, length).equals(preface.subarray(0, length));
    if (agrees && length < preface.length) return;
    stop();
    socket.pause();
    socket.unshift(seen);
    decide(agrees);

    socket.resume();
  };
  socket.on("data", onData);
  socket.once("close", stop);
}
