import type { VariableHandle } from "@trimtab/client";
import { element } from "./element.ts";
import { createField } from "./field.ts";
import { createLatestWrite } from "./latest-write.ts";

/** Binds a slider: it writes while it is moved, and follows what others set while it is not. */
export function bindSlider(id: string, handle: VariableHandle<number>, limits: { min: number; max: number }): void {
  const field = createField(id, handle);
  const slider = element(field.card, "input", HTMLInputElement);
  slider.min = String(limits.min);
  slider.max = String(limits.max);
  const show = () => {
    slider.value = String(handle.value);
  };
  const writes = createLatestWrite<number>((value) => field.attempt(() => handle.set(value)), show);
  slider.addEventListener("input", () => writes.push(slider.valueAsNumber));
  field.follow(() => {
    // A thumb that is being moved is not taken from under the finger.
    if (!writes.isBusy) show();
  });
}

/** Binds a list of choices. */
export function bindChoice<C extends string>(id: string, handle: VariableHandle<C>, choices: readonly C[]): void {
  const field = createField(id, handle);
  const select = element(field.card, "select", HTMLSelectElement);
  select.replaceChildren(...choices.map((choice) => new Option(choice)));
  const set = async () => {
    const chosen = choices.find((choice) => choice === select.value);
    if (chosen !== undefined) await field.attempt(() => handle.set(chosen));
    select.value = handle.value;
  };
  select.addEventListener("change", () => void set());
  field.follow((value) => {
    select.value = value;
  });
}

/**
 * Binds a number that is typed. The input has no limits of its own, so that what is out of them is refused by those of
 * the variable, in its own words; what was typed stays to be mended until somebody sets the variable or Escape is hit.
 */
export function bindNumber(id: string, handle: VariableHandle<number>): void {
  const field = createField(id, handle);
  const input = element(field.card, "input", HTMLInputElement);
  const show = (value: number) => {
    input.value = String(value);
    field.forgive();
  };
  input.addEventListener("change", () => void field.attempt(() => handle.set(input.valueAsNumber)));
  input.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") show(handle.value);
  });
  field.follow(show);
}
