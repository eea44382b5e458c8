/** Gives the one element that a selector means; the page's own HTML is at fault where there is none of that class. */
export function element<T extends Element>(
  root: ParentNode,
  selector: string,
  kind: abstract new (...parameters: never[]) => T,
): T {
  const found = root.querySelector(selector);
  if (found instanceof kind) return found;
  throw new TypeError(`the page has no ${kind.name} at ${selector}`);
}
