import type { DescMethod, Message } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type AuditBasis,
  type AuditEntry,
  type AuditOutcome,
  type AuditTrail,
  isStoreError,
  type Permission,
  type Principal,
  parseVariableRef,
  type StoreError,
  type WriteVia,
} from "@trimtab/core";
import { fromWireContext, fromWireItems, noteVia } from "@trimtab/wire";
import { type ItemError, type WriteContext, WriteContextSchema } from "@trimtab/wire/services";
import { principalKey } from "./principal.ts";

/** A call that was not done, as an audit enters it. */
export type RefusedCall = Omit<AuditEntry, "id" | "recordedAtMs">;

/** What keeps an audit of calls. */
export interface AuditOptions {
  /** What `AuditService` tells. */
  readonly trail: AuditTrail;
  /** The network address that a call came from; empty where that is not known. */
  readonly addressOf: (context: HandlerContext) => string;
  /** Enters a call that was not done, by this principal if somebody asked; its caller is told once this resolves. */
  readonly refuse: (call: RefusedCall, principal?: Principal) => Promise<void>;
}

/** Sees to it that calls are entered. */
export interface CallAudit {
  /** Notes with a write which call it came by, which its commit then remembers. */
  note(request: Message, context: HandlerContext): void;
  /** Enters a call that was denied, and a write that was not made. */
  failed(request: Message, context: HandlerContext, error: unknown): Promise<void>;
  /** Enters what was refused of a write that was made in part. */
  answered(request: Message, context: HandlerContext, answer: unknown): Promise<void>;
}

/** Makes what enters calls in an audit. */
export function createCallAudit({ addressOf, refuse }: Omit<AuditOptions, "trail">): CallAudit {
  const viaOf = (request: Message, context: HandlerContext): WriteVia => ({
    principal: context.values.get(principalKey)?.id ?? "",
    session: textIn(request, "sessionId"),
    action: context.method.name,
    address: addressOf(context),
    userAgent: clip(context.requestHeader.get("user-agent") ?? ""),
    protocol: context.protocolName,
  });
  const enter = async (request: Message, context: HandlerContext, subjects: readonly Subject[]): Promise<void> => {
    const who = whoOf(request, viaOf(request, context));
    const principal = context.values.get(principalKey);
    await Promise.all(subjects.map((subject) => refuse({ ...who, ...subject }, principal)));
  };
  return {
    note(request, context) {
      if (isWrite(context.method)) noteVia(request as { context?: WriteContext }, viaOf(request, context));
    },
    async failed(request, context, error) {
      const writes = isWrite(context.method);
      const isDenied = isStoreError(error) && outcomeOf(error) === "denied";
      if (!writes && !isDenied) return;
      const isBatch = isStoreError(error) && error.items.size > 0;
      await enter(request, context, isBatch ? itemsOf(request, error.items) : [subjectOf(request, error)]);
    },
    async answered(request, context, answer) {
      const refused = isWrite(context.method) ? refusedIn(answer) : {};
      if (Object.keys(refused).length > 0) await enter(request, context, itemsOf(request, fromWireItems(refused)));
    },
  };
}

const writes = new WeakMap<DescMethod, boolean>();

/** A write is what says who makes it. */
function isWrite(method: DescMethod): boolean {
  const known = writes.get(method);
  if (known !== undefined) return known;
  const is = method.input.field["context"]?.message?.typeName === WriteContextSchema.typeName;
  writes.set(method, is);
  return is;
}

/** Items of a batch that are entered one by one. */
const mostItems = 100;

const itemsOf = (request: Message, items: ReadonlyMap<string, StoreError>): Subject[] =>
  Array.from(items)
    .slice(0, mostItems)
    .map(([ref, error]) => subjectOf(request, error, clip(ref)));

/** What an answer says was refused, by what was sent. */
function refusedIn(answer: unknown): Readonly<Record<string, ItemError>> {
  const { refused } = answer as { readonly refused?: Readonly<Record<string, ItemError>> };
  return refused ?? {};
}

/** Who called and whence. */
function whoOf(request: Message, via: WriteVia) {
  const { principal, session, action, address, userAgent, protocol } = via;
  const said =
    "context" in request ? saidIn(request.context as WriteContext | undefined) : { origin: "other" as const };
  const { origin = "other" } = said;
  const actor = clip(said.actor ?? session);
  const requestId = said.requestId === undefined ? undefined : clip(said.requestId);
  const peer = { address, userAgent, protocol };
  return {
    callerSession: session,
    actor,
    principal,
    origin,
    peer,
    action,
    revision: 0,
    ...(requestId !== undefined && { requestId }),
  };
}

/** What a call says of who makes it; what it says wrongly is what it was refused for. */
function saidIn(context: WriteContext | undefined): {
  actor?: string;
  origin?: AuditEntry["origin"];
  requestId?: string;
} {
  try {
    return fromWireContext(context);
  } catch {
    return {};
  }
}

type Subject = Pick<
  RefusedCall,
  "session" | "variableId" | "variableName" | "study" | "trial" | "outcome" | "reason" | "permission" | "basis"
>;

/** What it was about, and what came of it. */
function subjectOf(request: Message, error: unknown, item = ""): Subject {
  const session = textIn(request, "sessionId");
  const study = textIn(request, "studyId");
  // What is told of several trials at once has items by their numbers, all else by variables.
  const ofTrial = "results" in request;
  const ref = ofTrial ? "" : item || textIn(request, "variable");
  const isKnown = isStoreError(error);
  const permission = isKnown && error.is("access_denied") ? toPermission(error.details.permission) : undefined;
  const basis = isKnown ? basisOf(error) : undefined;
  return {
    session: ref === "" && study === "" ? session : parseVariableRef(session, ref || study).owner,
    variableId: "",
    variableName: ref,
    ...(study !== "" && { study: parseVariableRef(session, study).ref, ...trialIn(request, ofTrial ? item : "") }),
    outcome: isKnown ? outcomeOf(error) : "failed",
    ...(isKnown && { reason: error.reason }),
    ...(permission !== undefined && { permission }),
    ...(basis !== undefined && { basis }),
  };
}

/** The trial that a call is about: that of an item of it, or the one that it names. */
function trialIn(request: Message, item: string): { readonly trial?: number } {
  const { trialNumber, result } = request as { trialNumber?: unknown; result?: { trialNumber?: unknown } };
  const trial = Number(item || (trialNumber ?? result?.trialNumber));
  return Number.isSafeInteger(trial) ? { trial } : {};
}

/** What denied a call, where that is not for access rules to say. */
function basisOf(error: StoreError): AuditBasis | undefined {
  if (error.is("not_owner")) return "owner";
  if (error.is("unauthenticated")) return "credentials";
  return error.is("access_denied") && error.details.permission === "act" ? "principal" : undefined;
}

const permissions: readonly Permission[] = ["read", "write", "observe", "optimize"];

const toPermission = (text: string): Permission | undefined => permissions.find((each) => each === text);

function outcomeOf({ code }: StoreError): AuditOutcome {
  if (code === "permission_denied" || code === "unauthenticated") return "denied";
  return code === "internal" || code === "unavailable" || code === "data_loss" ? "failed" : "refused";
}

function textIn(request: Message, field: string): string {
  const value = (request as unknown as Readonly<Record<string, unknown>>)[field];
  return typeof value === "string" ? clip(value) : "";
}

/** Longest text of a caller's that is entered, beyond what any name may have. */
const mostCharacters = 512;

const clip = (text: string): string =>
  (text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 1)}…`).toWellFormed();
