import type { ConnectionStatus, LiveSession } from "@trimtab/client";
import type { Assistant } from "./assistant.ts";
import { element } from "./element.ts";

const meanings: Readonly<Record<ConnectionStatus, string>> = {
  connecting: "looking for the server",
  ready: "every value is current",
  stale: "these are the last known values; trying again by itself",
  error: "this does not mend by itself",
  closed: "this page follows no longer",
};

/** Shows how the page stands with the server, in words and, for the style sheet, as `data-status`. */
export function showStatus(status: ConnectionStatus, error?: Error): void {
  const connection = element(document, "#connection", HTMLElement);
  document.body.dataset["status"] = connection.dataset["status"] = status;
  element(connection, "#status", HTMLElement).textContent = status.toUpperCase();
  const cause = error === undefined ? "" : ` (${error.message})`;
  element(connection, "#status-detail", HTMLElement).textContent = `${meanings[status]}${cause}`;
  element(connection, "#retry", HTMLButtonElement).hidden = status !== "stale" && status !== "error";
}

/** Says what the button for the impatient does from now on. */
export function onRetry(retry: () => void): void {
  element(document, "#retry", HTMLButtonElement).onclick = retry;
}

/** Keeps showing how a session stands, and lets the person hurry it. */
export function followConnection(session: LiveSession<Assistant>): void {
  onRetry(() => session.reconnect());
  session.onStatus(showStatus);
  showStatus(session.status, session.error);
}
