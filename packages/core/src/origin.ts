/** Runtimes that a write may come from. */
export const origins = ["typescript", "python", "elixir", "other"] as const;

/** One of {@link origins}. */
export type Origin = (typeof origins)[number];
