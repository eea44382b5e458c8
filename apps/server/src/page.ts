/** What the page for people tells. */
export interface PageFacts {
  readonly version: string;
  /** Where the server was reached, for instance `http://127.0.0.1:7171`. */
  readonly url: string;
  /** Full names of the services, with their methods. */
  readonly services: readonly { readonly name: string; readonly methods: readonly string[] }[];
  /** Names of the variable types. */
  readonly types: readonly string[];
}

/** Makes the page that a browser sees at `/`: what this is, how to call it, what it offers. It loads nothing from elsewhere. */
export function renderPage({ version, url, services, types }: PageFacts): string {
  const base = escapeHtml(url);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trimtab</title>
<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --accent: #0b7285; }
  body { font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 4rem auto; padding: 0 1.25rem; }
  h1 { font-size: 2.2rem; margin: 0; letter-spacing: -0.02em; } h1 small { font-size: 1rem; font-weight: 400; opacity: .6; }
  h2 { font-size: 1.05rem; margin: 2.5rem 0 .5rem; } p.lead { font-size: 1.15rem; margin-top: .25rem; opacity: .85; }
  pre { border: 1px solid var(--line); border-left: 3px solid var(--accent); border-radius: 4px; padding: .8rem 1rem; overflow-x: auto; font-size: .85rem; }
  code { font-family: ui-monospace, monospace; } ul { columns: 2; padding-left: 1.1rem; font-size: .9rem; } li { break-inside: avoid; }
  details { border-bottom: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; }
  .ok { color: var(--accent); }
</style>
<h1>Trimtab <small>${escapeHtml(version)}</small></h1>
<p class="lead">Live, typed, versioned variables for AI programs. <span class="ok">This server is running.</span></p>
<p>Programs keep the values that steer them here: a temperature, a model name, a prompt, an embedding. Every value has a type and
limits, every change a version and an author, and everyone who watches sees it at once.</p>
<h2>Try it</h2>
<pre><code>curl -H 'content-type: application/json' -d '{"sessionId": "demo"}' \\
  ${base}/trimtab.v1.SessionService/CreateSession

curl -H 'content-type: application/json' ${base}/trimtab.v1.VariableService/RegisterVariable -d '{
  "sessionId": "demo",
  "spec": {"name": "temperature", "type": "float", "value": {"number": 0.7}, "constraints": {"max": {"number": 2}}}}'

curl -H 'content-type: application/json' ${base}/trimtab.v1.VariableService/GetVariable \\
  -d '{"sessionId": "demo", "variable": "temperature"}'</code></pre>
<h2>From TypeScript</h2>
<pre><code>import { createStoreClient, openSession } from "@trimtab/client";
import { createConnectTransport } from "@connectrpc/connect-web";
import { float } from "@trimtab/types";

const store = createStoreClient(createConnectTransport({ baseUrl: "${base}" }));
const app = await openSession(store, "demo", { temperature: float({ min: 0, max: 2, default: 0.7 }) });
app.variables.temperature.subscribe((value) =&gt; console.log(value));</code></pre>
<h2>From everywhere else</h2>
<p>Connect, gRPC and gRPC-web all work on this port, over HTTP/1.1 and HTTP/2. gRPC tools find the API by reflection:</p>
<pre><code>grpcurl ${url.startsWith("https") ? "" : "-plaintext "}${escapeHtml(url.replace(/^https?:\/\//, ""))} list</code></pre>
<h2>What it offers</h2>
${services.map(serviceEntry).join("\n")}
<h2>Variable types</h2>
<p>${types.map((type) => `<code>${escapeHtml(type)}</code>`).join(", ")}</p>
</html>
`;
}

const serviceEntry = ({ name, methods }: PageFacts["services"][number]) =>
  `<details><summary><code>${escapeHtml(name)}</code></summary><ul>${methods.map((method) => `<li><code>${escapeHtml(method)}</code></li>`).join("")}</ul></details>`;

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
