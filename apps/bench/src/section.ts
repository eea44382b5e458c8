import type { Measured } from "./goals.ts";

/** A part of a page of figures. */
export interface Section {
  readonly title: string;
  readonly run: (isQuick: boolean) => Promise<Measured>;
}

/** Those that `--only=PART` asks for; all without it. */
export const wantedOf = (sections: readonly Section[]): readonly Section[] =>
  sections.filter(({ title }) =>
    process.argv.every((arg) => !arg.startsWith("--only=") || title.includes(arg.slice(7))),
  );
