/** Bytes that may be sent until the other side lets more be sent. */
export class SendWindow {
  #left: number;
  #waiting: (() => void)[] = [];

  constructor(bytes: number) {
    this.#left = bytes;
  }

  grow(bytes: number): void {
    this.#left += bytes;
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
  }

  /** Takes bytes, as soon as there are as many. */
  async take(bytes: number): Promise<void> {
    while (this.#left < bytes) await new Promise<void>((wake) => this.#waiting.push(wake));
    this.#left -= bytes;
  }
}
