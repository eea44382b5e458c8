import { createConnectTransport } from "@connectrpc/connect-web";
import { createStoreClient, type LiveSession, openSession } from "@trimtab/client";
import { type Assistant, assistant, models, temperatureLimits } from "./assistant.ts";
import { bindChoice, bindNumber, bindSlider } from "./bind-inputs.ts";
import { bindText } from "./bind-text.ts";
import { element } from "./element.ts";
import { showChanges } from "./show-changes.ts";
import { followConnection, onRetry, showStatus } from "./show-connection.ts";

// The server that gave the page is the one that it talks to. `?session=` and `?as=` choose another session and name.
const parameters = new URLSearchParams(location.search);
const id = parameters.get("session") || "assistant";
const actor = parameters.get("as") || `guest-${crypto.getRandomValues(new Uint16Array(1))}`;
element(document, "#session", HTMLElement).textContent = id;
element(document, "#actor", HTMLElement).textContent = actor;

const transport = createConnectTransport({ baseUrl: location.origin, useBinaryFormat: true });
const store = createStoreClient(transport, { actor });

open();

function open(): void {
  showStatus("connecting");
  openSession(store, id, assistant, { actor }).then(show, (error: Error) => {
    showStatus("error", error);
    onRetry(open);
  });
}

function show(session: LiveSession<Assistant>): void {
  const { temperature, model, maxTokens, prompt } = session.variables;
  bindSlider("temperature", temperature, temperatureLimits);
  bindChoice("model", model, models);
  bindNumber("maxTokens", maxTokens);
  bindText("prompt", prompt);
  showChanges(session);
  followConnection(session);
  element(document, "#controls", HTMLFieldSetElement).disabled = false;
  addEventListener("pagehide", () => void session.close());
}
