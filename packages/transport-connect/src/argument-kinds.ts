import { kinds } from "@trimtab/core";
import type { AuditOptions } from "./call-audit.ts";
import type { RoutesOptions } from "./create-routes.ts";
import { defaultUploadLimits, type UploadLimits } from "./import-uploads.ts";

const { absentable, atLeast, callable, having, object, options, partOf, signal } = kinds;

const count = atLeast(0);
const uploads = Object.fromEntries(
  Object.keys(defaultUploadLimits).map((name) => [name, count]),
) as kinds.OptionKinds<UploadLimits>;

const audit = partOf<AuditOptions>({
  trail: having("listAuditEntries", "watchAudit"),
  addressOf: callable,
  refuse: callable,
});

/** What the arguments of `createRoutes` are. One that is misspelt would serve more, or to others, than was meant. */
export const routesArguments = [
  [
    "options",
    object<RoutesOptions>({
      store: having("createSession", "watch"),
      ...absentable({
        storeFor: callable,
        types: having("get"),
        analytics: having("counting", "of"),
        studies: having("of"),
        shutdown: signal,
        uploads: options<Partial<UploadLimits>>(uploads),
        admit: callable,
        audit,
        observer: having("unary", "stream"),
        onInternalError: callable,
      }),
    }),
  ],
] as const;
