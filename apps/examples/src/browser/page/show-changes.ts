import type { AnyChange, LiveSession } from "@trimtab/client";
import type { Assistant } from "./assistant.ts";
import { element } from "./element.ts";

const shown = 12;

/** Lists what happens to the variables, newest first, and shows the revision that the page has come to. */
export function showChanges(session: LiveSession<Assistant>): void {
  const list = element(document, "#changes", HTMLOListElement);
  const revision = element(document, "#revision", HTMLOutputElement);
  const showRevision = () => {
    revision.value = String(session.revision);
  };
  session.subscribe((changes) => {
    list.prepend(...changes.map(toItem).reverse());
    while (list.children.length > shown) list.lastElementChild?.remove();
    showRevision();
  });
  session.onStatus(showRevision);
  showRevision();
}

function toItem({ actor, key, kind, value, version, revision, lagged }: AnyChange<Assistant>): HTMLLIElement {
  const item = document.createElement("li");
  const what = kind === "updated" ? `set ${key} to ${value}` : `${kind} ${key}, which is ${value}`;
  const where = document.createElement("span");
  where.className = "quiet";
  where.textContent = `${lagged ? "caught up to " : ""}version ${version} · revision ${revision}`;
  item.append(`${actor || "somebody"} ${what}`, where);
  return item;
}
