import type { VariableHandle } from "@trimtab/client";
import { isStoreError } from "@trimtab/core";
import { element } from "./element.ts";
import { createField } from "./field.ts";

/**
 * Binds a text that is edited for a while and then saved. A draft is saved only over the version that it was begun from:
 * where somebody else has set the text meanwhile, the store refuses, the new text is in sight, and saving once more
 * replaces it.
 */
export function bindText(id: string, handle: VariableHandle<string>): void {
  const field = createField(id, handle);
  const form = element(field.card, "form", HTMLFormElement);
  const text = element(form, "textarea", HTMLTextAreaElement);
  const buttons = [...form.querySelectorAll("button")];
  /** The version that a draft was begun from; absent while there is none. */
  let begunFrom: number | undefined;

  const showButtons = () => {
    for (const button of buttons) button.disabled = begunFrom === undefined;
  };
  const show = (value: string) => {
    begunFrom = undefined;
    text.value = value;
    field.forgive();
    showButtons();
  };
  const save = async () => {
    if (begunFrom === undefined) return;
    const expectedVersion = begunFrom;
    const outcome = await field.attempt(() =>
      handle.set(text.value, { expectedVersion }).catch((error: unknown) => {
        if (isStoreError(error, "version_mismatch")) begunFrom = error.details.actual;
        throw error;
      }),
    );
    if (outcome === "written") show(handle.value);
  };

  text.addEventListener("input", () => {
    begunFrom ??= handle.version;
    showButtons();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    show(handle.value);
  });
  field.follow((value) => {
    if (begunFrom === undefined) show(value);
  });
}
