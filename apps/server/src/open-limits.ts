import type { HandlerContext } from "@connectrpc/connect";
import { createCallLimits, principalKey, type Rate, toConnectError } from "@trimtab/transport-connect";
import type { RequestGate } from "./create-api.ts";
import { peerAddress } from "./direct/call-context.ts";
import type { Settings } from "./settings.ts";

/** Limits on calls, as what serves calls takes them. */
export interface Limits {
  /** Absent where callers are not limited, so that it costs them nothing. */
  readonly gate: RequestGate | undefined;
  readonly admit: ((session: string, context: HandlerContext) => void) | undefined;
}

/** What holds where callers are asked who they are and nothing else is said. */
const whereCallersAreKnown = { sessionRate: 1000, callerRate: 5000, callerStreams: 1000 };

/**
 * Makes the limits that the settings say. Who is not asked who they are is known by their address. Rates and streams are
 * limited without further word only where callers are asked: a program that has its machine to itself may go as fast as that goes.
 */
export function openLimits(settings: Settings, isAsking: boolean): Limits {
  const { sessionBurst, callerBurst } = settings;
  const unsaid = isAsking ? whereCallersAreKnown : { sessionRate: 0, callerRate: 0, callerStreams: 0 };
  const streams = settings.callerStreams ?? unsaid.callerStreams;
  const session = toRate(settings.sessionRate ?? unsaid.sessionRate, sessionBurst);
  const caller = toRate(settings.callerRate ?? unsaid.callerRate, callerBurst);
  const limits = createCallLimits({ caller, session, streams: streams === 0 ? undefined : streams });
  const callerOf = ({ values }: HandlerContext) => values.get(principalKey)?.id ?? `address ${values.get(peerAddress)}`;
  const gate: RequestGate = (context) => {
    try {
      limits.admitCall(callerOf(context), context);
    } catch (error) {
      throw toConnectError(error);
    }
  };
  return {
    gate: caller === undefined && streams === 0 ? undefined : gate,
    admit: session && ((id, context) => limits.admitToSession(callerOf(context), id)),
  };
}

const toRate = (perSecond: number, burst: number): Rate | undefined =>
  perSecond === 0 ? undefined : { perSecond, burst };
