import { optionalText, setting, text } from "./setting-spec.ts";

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
    schema: text,
    default: "sub",
  }),
  jwtSessionsClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with patterns of sessions to act as: a list, or text with spaces between them.",
    schema: text,
    default: "trimtab_sessions",
  }),
  jwtRolesClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with roles.",
    schema: text,
    default: "roles",
  }),
  jwtAttributesClaim: setting<string>({
    group: "Callers",
    placeholder: "NAME",
    help: "The claim with attributes, an object, which conditions of access rules are compared with.",
    schema: text,
    default: "trimtab_attributes",
  }),
} as const;
