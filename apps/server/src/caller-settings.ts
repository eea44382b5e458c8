import * as z from "zod";
import { optionalText, setting } from "./setting-spec.ts";

/** How callers say who they are. */
export const callerSettings = {
  principals: setting<string | undefined>({
    group: "Callers",
    placeholder: "FILE",
    help: "Who may call, one JSON object a line, by token or certificate; read anew as it changes. `trimtab-server token` makes lines.",
    schema: optionalText,
    default: undefined,
  }),
  jwtKeys: setting<string | undefined>({
    group: "Callers",
    placeholder: "FILE|URL",
    help: "Keys that JSON Web Tokens are checked by: a JWK set, or a public key in PEM. Needs the next two.",
    schema: optionalText,
    default: undefined,
  }),
  jwtIssuer: setting<string | undefined>({
    group: "Callers",
    placeholder: "TEXT",
    help: "The issuer whose tokens are taken.",
    schema: optionalText,
    default: undefined,
  }),
  jwtAudience: setting<string | undefined>({
    group: "Callers",
    placeholder: "TEXT",
    help: "The audience that tokens must be meant for.",
    schema: optionalText,
    default: undefined,
  }),
  jwtPrincipalClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim that names who it is.",
    schema: z.string().min(1),
    default: "sub",
  }),
  jwtSessionsClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with patterns of sessions to act as: a list, or text with spaces between them.",
    schema: z.string().min(1),
    default: "trimtab_sessions",
  }),
  jwtRolesClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with roles.",
    schema: z.string().min(1),
    default: "roles",
  }),
  jwtAttributesClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with attributes, an object, which conditions of access rules are compared with.",
    schema: z.string().min(1),
    default: "trimtab_attributes",
  }),
} as const;
