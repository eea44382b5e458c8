import type { Ending } from "../exchange.ts";

/** Windows below that make frames that cost more than they carry. */
export const crumbBytes = 1024;

/** Bytes of a stream that wait for leave to be sent, and how the answer ends after them. */
export class SendQueue {
  readonly #pieces: Uint8Array[] = [];
  /** The first piece that is not sent whole, and what of it is. */
  #first = 0;
  #sent = 0;
  bytes = 0;
  takenBytes = 0;
  ending: Pick<Ending, "trailers"> | undefined;

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.bytes += bytes.length;
  }

  /** Takes the next bytes, at most so many, of one piece. */
  take(most: number): Uint8Array {
    const piece = this.#pieces[this.#first] ?? nothing;
    const end = Math.min(piece.length, this.#sent + most);
    const taken = piece.subarray(this.#sent, end);
    this.bytes -= taken.length;
    this.takenBytes += taken.length;
    this.#sent = end;
    if (end === piece.length) {
      this.#pieces[this.#first++] = nothing;
      this.#sent = 0;
    }
    return taken;
  }
}

const nothing = new Uint8Array();
