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

  /** Takes bytes where there are as many. */
  tryTake(bytes: number): boolean {
    if (this.#left < bytes) return false;
    this.#left -= bytes;
    return true;
  }

  /** Takes bytes, as soon as there are as many. */
  async take(bytes: number): Promise<void> {
    while (!this.tryTake(bytes)) await new Promise<void>((wake) => this.#waiting.push(wake));
  }
}
