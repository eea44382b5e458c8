import * as z from "zod";
import { networks, optionalText, origins, setting, switchValue, whole } from "./setting-spec.ts";

/** Where to listen: a host and a port. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

const listenForm = "must be HOST:PORT, for instance 127.0.0.1:7171 or [::1]:0";

const listen = z.string(listenForm).transform((text, context): Listen => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  context.issues.push({ code: "custom", message: listenForm, input: text });
  return z.NEVER;
});

/** Where the server listens, and whom it lets talk to it there. */
export const listeningSettings = {
  listen: setting<Listen>({
    group: "Listening",
    placeholder: "HOST:PORT",
    help: "Where to listen. Port 0 takes any free one; the line `listening on ...` says which.",
    schema: listen,
    default: { host: "127.0.0.1", port: 7171 },
  }),
  insecure: setting<boolean>({
    group: "Listening",
    help: "Listen beyond this machine although nobody has to say who they are.",
    schema: switchValue,
    default: false,
  }),
  tlsCert: setting<string | undefined>({
    group: "Listening",
    placeholder: "FILE",
    help: "Certificate chain in PEM; with it and --tls-key the port speaks TLS.",
    schema: optionalText,
    default: undefined,
  }),
  tlsKey: setting<string | undefined>({
    group: "Listening",
    placeholder: "FILE",
    help: "Private key of the certificate, in PEM.",
    schema: optionalText,
    default: undefined,
  }),
  tlsClientCa: setting<string | undefined>({
    group: "Listening",
    placeholder: "FILE",
    help: "Certificates, in PEM, of the authorities whose clients' certificates say who calls; needs --principals.",
    schema: optionalText,
    default: undefined,
  }),
  corsOrigins: setting<readonly string[]>({
    group: "Listening",
    placeholder: "ORIGIN,...",
    help: "Origins whose pages may call the server, beside its own; `*` for every one.",
    schema: origins,
    default: [],
  }),
  trustedProxies: setting<readonly string[]>({
    group: "Listening",
    placeholder: "NETWORK,...",
    help: "Addresses and blocks (`10.0.0.0/8`) of proxies, whose `x-forwarded-for` is believed; none unless given.",
    schema: networks,
    default: [],
  }),
  shutdownGraceMs: setting<number>({
    group: "Listening",
    placeholder: "MS",
    help: "How long calls under way may take to finish when the server is told to stop.",
    schema: whole(0, 600_000),
    default: 5000,
  }),
} as const;
