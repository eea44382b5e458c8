import { choice } from "@trimtab/types/choice";
import { float } from "@trimtab/types/float";
import { integer } from "@trimtab/types/integer";
import { string } from "@trimtab/types/string";

/** The models that the assistant may run on. */
export const models = ["gpt-4", "claude-3", "llama-3"] as const;

/** Lowest and highest temperature. */
export const temperatureLimits = { min: 0, max: 2 } as const;

/** What steers the assistant: the page and every other program of this example declare these same variables. */
export const assistant = {
  temperature: float({ ...temperatureLimits, default: 0.7, description: "How freely the model chooses its words" }),
  model: choice(models, { default: "gpt-4", description: "Which model answers" }),
  maxTokens: integer({ min: 1, max: 4096, default: 256, description: "How long an answer may be" }),
  prompt: string({
    min_length: 1,
    max_length: 280,
    default: "You are a helpful assistant.",
    description: "What the model is told before anything else",
  }),
};

/** The declarations as a type, for sessions and changes of them. */
export type Assistant = typeof assistant;
