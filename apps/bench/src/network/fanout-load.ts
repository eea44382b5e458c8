// Watches and publishes, in a process of its own: told by messages what to watch, it answers with what it came to.
import { type Fanout, type Http2Fanout, type LineFanout, overHttp2, overLines } from "./fanout.ts";
import { type Load, summarise } from "./load.ts";

/** What the process is asked: to put so many watchers on something, and to change it for so many seconds. */
export interface FanoutOrder {
  readonly name: string;
  readonly how:
    | { readonly kind: "http2"; readonly options: Http2Fanout }
    | { readonly kind: "lines"; readonly options: Wired };
  readonly watchers: number;
  /** Changes that are under way at a time. */
  readonly inFlight: number;
  readonly seconds: number;
}

/** A {@link LineFanout} as it can be sent. */
export type Wired = Omit<LineFanout, "greeting"> & { readonly greetingEnds: string };

/** What the process answers. */
export type FanoutAnswer = { readonly load: Load } | { readonly failure: string };

interface Open {
  readonly fanout: Fanout;
  readonly watchers: number;
  delivered: number;
  onDelivery: () => void;
}

const open = new Map<string, Open>();

async function opened({ name, how, watchers }: FanoutOrder): Promise<Open> {
  const known = open.get(name);
  if (known?.watchers === watchers) return known;
  known?.fanout.close();
  const state = { delivered: 0, onDelivery: () => {} };
  const start =
    how.kind === "http2"
      ? overHttp2(how.options)
      : overLines({ ...how.options, greeting: (text) => text.includes(how.options.greetingEnds) });
  const fanout = await start(watchers, (count) => {
    state.delivered += count;
    state.onDelivery();
  });
  const made: Open = Object.assign(state, { fanout, watchers });
  open.set(name, made);
  return made;
}

/** Changes it over and over; a change is done when every watcher has heard of it. */
async function run(order: FanoutOrder): Promise<Load> {
  const { watchers, inFlight, seconds } = order;
  const state = await opened(order);
  const from = state.delivered;
  const starts: number[] = [];
  const millis: number[] = [];
  const begin = performance.now();
  const ends = begin + seconds * 1000;
  await new Promise<void>((resolve, reject) => {
    const publish = () => {
      starts.push(performance.now());
      state.fanout.publish().catch(reject);
    };
    state.onDelivery = () => {
      const done = Math.floor((state.delivered - from) / watchers);
      const now = performance.now();
      while (millis.length < done) {
        millis.push(now - (starts[millis.length] ?? now));
        if (now < ends) publish();
      }
      if (millis.length === starts.length) resolve();
    };
    for (let i = 0; i < inFlight; i++) publish();
  });
  const load = summarise(millis, (performance.now() - begin) / 1000);
  return { ...load, operations: load.operations * watchers, perSecond: load.perSecond * watchers };
}

process.on("message", (order: FanoutOrder) => {
  run(order).then(
    (load) => process.send?.({ load } satisfies FanoutAnswer),
    (error: unknown) => process.send?.({ failure: String(error) } satisfies FanoutAnswer),
  );
});
