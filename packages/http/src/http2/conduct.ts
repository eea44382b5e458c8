import type { Output } from "../output.ts";
import { fault } from "./connection-error.ts";
import type { Http2Limits } from "./limits.ts";
import { errorCode } from "./protocol.ts";
import { createRateBudget, type RateBudget } from "./rate-budget.ts";

/** Frames that every stream allows beside itself: what is said of it after its end, and of its window before. */
const framesPerStream = 8;

/** Frames that every frame of an answer allows, and every so many bytes of it: clients that read it give its window back. */
const framesPerFrame = 4;
const bytesPerFrame = 1024;

/** What a client does that costs the server more than itself: how often, and whether that is still bearable. */
export class Conduct {
  readonly #limits: Http2Limits;
  readonly #output: Output;
  readonly #resets: RateBudget;
  readonly #oddities: RateBudget;
  #allowance = 0;
  #unsentAnswers = 0;
  /** What had been written when the answers began to be counted that are counted now. */
  #answersFrom = 0;

  constructor(limits: Http2Limits, output: Output) {
    this.#limits = limits;
    this.#output = output;
    this.#resets = createRateBudget(limits.resets.burst, limits.resets.perSecond);
    this.#oddities = createRateBudget(limits.oddities.burst, limits.oddities.perSecond);
  }

  /** Counts a stream that ends by its client's fault, or is called off before it is answered (CVE-2023-44487, CVE-2025-8671). */
  countReset(): void {
    if (!this.#resets.spend(1)) throw fault("too many streams are reset", errorCode.enhanceYourCalm);
  }

  /** Counts a frame of no use, as many times as it makes work. */
  countOddity(times = 1): void {
    if (!this.#oddities.spend(times)) throw fault("too many frames of no use", errorCode.enhanceYourCalm);
  }

  /** Counts a frame that is of use in proportion to what is served, and beyond that of none. */
  countCompanion(): void {
    if (this.#allowance > this.#limits.oddities.burst) this.#allowance = this.#limits.oddities.burst;
    if (this.#allowance > 0) this.#allowance--;
    else this.countOddity();
  }

  /** Counts a frame that must be answered; a client that does not read the answers may not go on forever. */
  countAnswer(): void {
    const output = this.#output;
    if (output.writtenBytes - output.waitingBytes > this.#answersFrom) {
      this.#unsentAnswers = 0;
      this.#answersFrom = output.writtenBytes;
    }
    if (++this.#unsentAnswers > this.#limits.maxUnsentAnswers)
      throw fault("too many frames whose answers are not read", errorCode.enhanceYourCalm);
  }

  /** Says that a stream is served. */
  allowStream(): void {
    this.#allowance += framesPerStream;
  }

  /** Says that a frame of an answer is sent. */
  allowFrame(bytes: number): void {
    this.#allowance += framesPerFrame + Math.floor(bytes / bytesPerFrame);
  }
}
