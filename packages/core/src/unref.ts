/** Has a timer not keep a Node process alive; elsewhere timers are numbers. */
export function unref(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer) (timer as { unref(): void }).unref();
}
