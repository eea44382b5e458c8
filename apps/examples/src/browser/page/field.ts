import type { Change, VariableHandle } from "@trimtab/client";
import { element } from "./element.ts";

/** The card of one variable: its value, where that came from, and what the store said to the last write. */
export interface Field<V> {
  readonly card: HTMLElement;
  /** Shows the variable from now on, and gives each value to the input: the present one, then whatever anybody sets. */
  follow(show: (value: V) => void): void;
  /** Makes a write; where it is refused, shows why and says so. Never rejects. */
  attempt(write: () => Promise<unknown>): Promise<"written" | "refused">;
  /** Takes a refusal off the page. */
  forgive(): void;
}

/** Makes a variable's card of the element with an id. */
export function createField<V>(id: string, handle: VariableHandle<V>): Field<V> {
  const card = element(document, `#${id}`, HTMLElement);
  const input = element(card, "[aria-describedby]", HTMLElement);
  const value = element(card, ".value", HTMLOutputElement);
  const origin = element(card, ".origin", HTMLElement);
  const refusal = element(card, ".refusal", HTMLElement);
  const forgive = () => {
    refusal.textContent = "";
    input.removeAttribute("aria-invalid");
  };
  return {
    card,
    forgive,
    follow(show) {
      const tell = (current: V, change: Change<V>) => {
        // A deleted variable cannot be set; its card works again when the name is registered anew.
        const isDeleted = change.kind === "deleted";
        input.toggleAttribute("disabled", isDeleted);
        value.value = isDeleted ? "deleted" : String(current);
        origin.replaceChildren(...describeOrigin(change).map(toSpan));
        if (change.kind !== "initial") flash(card);
        if (!isDeleted) show(current);
      };
      handle.subscribe(tell, { immediate: true });
    },
    async attempt(write) {
      try {
        await write();
        forgive();
        return "written";
      } catch (error) {
        refusal.textContent = error instanceof Error ? error.message : String(error);
        input.setAttribute("aria-invalid", "true");
        return "refused";
      }
    },
  };
}

/** Which value it is, and whose; of one that was there before the page, the change that made it is not known. */
function describeOrigin({ kind, version, revision, actor, updatedAtMs }: Change): readonly string[] {
  const time = new Date(updatedAtMs).toLocaleTimeString();
  const where = kind === "initial" ? "read at revision" : "revision";
  return [`version ${version} · ${where} ${revision}`, actor === "" ? `set at ${time}` : `${actor} at ${time}`];
}

function toSpan(text: string): HTMLSpanElement {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

function flash(card: HTMLElement): void {
  card.classList.remove("changed");
  // Reading the layout between the two lets the animation start over.
  void card.offsetWidth;
  card.classList.add("changed");
}
