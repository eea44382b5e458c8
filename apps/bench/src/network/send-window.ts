/** Bytes that may be sent until the other side lets more be sent. */
export class SendWindow {
  #left: number;
  #wake = () => {};

  constructor(bytes: number) {
    this.#left = bytes;
  }

  grow(bytes: number): void {
    this.#left += bytes;
    this.#wake();
  }

  /** Takes bytes, as soon as there are as many. */
  async take(bytes: number): Promise<void> {
    while (this.#left < bytes)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#left -= bytes;
  }
}
