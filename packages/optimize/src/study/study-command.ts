import type { Refusal, ValueRecord } from "@trimtab/core";
import type { SearchSpace } from "../space/search-space.ts";
import type { StudyChanges, StudyEvent } from "./study-event.ts";

/** Who speaks for a trial; where it is given, it must be the client that holds the trial. */
interface Speaker {
  readonly number: number;
  readonly clientId?: string;
}

/** Something that a study is asked to do. */
export type StudyCommand =
  | {
      readonly kind: "ask-trials";
      /** Names the worker, the same after a restart: it gets the trials that it holds before any new one. */
      readonly clientId?: string;
      /** How many to hold, those held already included; 1 unless given. */
      readonly count?: number;
    }
  | { readonly kind: "enqueue-trial"; readonly parameters: ValueRecord }
  | (Speaker & { readonly kind: "report-value"; readonly step: number; readonly value: number })
  | (Speaker & {
      readonly kind: "complete-trial";
      readonly values: readonly number[];
      readonly metrics?: Readonly<Record<string, number>>;
    })
  | (Speaker & { readonly kind: "prune-trial" })
  | (Speaker & {
      readonly kind: "fail-trial";
      readonly cause?: string;
      /** Puts its parameters in line again, as often as the study says. */
      readonly retry?: boolean;
    })
  /** Fails every trial that a client holds and puts them in line again: for a client that was lost. */
  | { readonly kind: "release-client"; readonly clientId: string }
  | {
      readonly kind: "change-space";
      /** Parameters to add, or to replace by name. */
      readonly parameters?: SearchSpace;
      /** Names of parameters to search no more. */
      readonly removed?: readonly string[];
    }
  | { readonly kind: "update-study"; readonly changes: StudyChanges };

/** What a study answers: what happens, or why nothing does. */
export type StudyDecision =
  | { readonly kind: "accepted"; readonly events: readonly StudyEvent[]; readonly numbers: readonly number[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };
