import { describe, expect, it } from "vitest";
import {
  block,
  continuation,
  data,
  fieldsOf,
  frame,
  get,
  goAway,
  headers,
  ping,
  post,
  priority,
  resetStream,
  settings,
  settingsAck,
  windowUpdate,
} from "./test-parts/frames.ts";
import { openRaw } from "./test-parts/raw-client.ts";
import { answer, type Stream, serve } from "./test-parts/serve.ts";

/** So many are borne, and one more is not. Nothing is forgotten with time here. */
const bearable = 50;
const budget = { burst: bearable, perSecond: 0 };
const limits = {
  resets: budget,
  oddities: budget,
  maxUnsentAnswers: bearable,
  maxStreams: bearable * 2,
  maxHeaderListBytes: 8000,
};

const calm = /^GOAWAY ENHANCE_YOUR_CALM after \d+\nclosed$/m;

/** An attack: what is sent first, and what is sent again and again, for the stream of that turn. */
type Attack = readonly [what: string, again: (id: number) => readonly Buffer[], first?: readonly Buffer[]];

const silent = { ":path": "/silent" };
const unlessSilent = (stream: Stream) => {
  if (stream.path === "/begun") stream.start(200, {});
  else if (stream.path !== "/silent") answer(stream);
};

/** Plays an attack so many times, and gives what came back. */
async function play([, again, first = []]: Attack, times: number): Promise<string> {
  const served = await serve(unlessSilent, limits);
  const client = await openRaw(served.port, Buffer.concat([preamble, ...first]));
  const sent = Array.from({ length: times }, (_, index) => Buffer.concat(again(101 + index * 2)));
  const lines = await client.reaction(...sent);
  return lines.join("\n");
}

/** The settings that a client begins with are the first oddity there is. */
const preamble = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings()]);

const resets: readonly Attack[] = [
  ["streams that are called off at once (CVE-2023-44487)", (id) => [get(id, silent), resetStream(id)]],
  [
    "streams that are called off in the turn in which their answer begins",
    (id) => [get(id, { ":path": "/begun" }), resetStream(id)],
  ],
  ["window updates of nothing (CVE-2025-8671)", (id) => [get(id, silent), windowUpdate(id, 0)]],
  ["window updates beyond any window", (id) => [get(id, silent), windowUpdate(id, 0x7fff_ffff)]],
  ["DATA behind the end", (id) => [get(id, silent), data(id, "x")]],
  ["HEADERS behind the end", (id) => [get(id, silent), headers(id, [["x", "y"]])]],
  ["PRIORITY of a wrong length", (id) => [get(id, silent), frame(2, 0, id, Buffer.alloc(6))]],
  ["bodies longer than announced", (id) => [post(id, { "content-length": "1" }), data(id, "ab")]],
  ["bodies shorter than announced", (id) => [post(id, { "content-length": "3" }), data(id, "ab", true)]],
  ["more than a stream's window", (id) => [post(id, silent), ...Array(65).fill(data(id, Buffer.alloc(16_384)))]],
  ["trailers that do not end", (id) => [post(id, silent), headers(id, [["x", "y"]], { isLast: false })]],
  ["malformed requests", (id) => [get(id, { ":path": "" })]],
  ["heads beyond the limit", (id) => [get(id, { "x-name": "x".repeat(8000) })]],
];

const oddities: readonly Attack[] = [
  ["empty DATA (CVE-2019-9518)", () => [data(1, "")], [post(1, silent)]],
  ["DATA of nothing but padding", () => [frame(0, 8, 1, Buffer.of(3, 0, 0, 0))], [post(1, silent)]],
  ["SETTINGS (CVE-2019-9515)", () => [settings()]],
  ["SETTINGS that change the first window", (id) => [settings([["initialWindowSize", id]])]],
  ["acknowledged SETTINGS", () => [settingsAck]],
  ["acknowledged PING", () => [frame(6, 1, 0, Buffer.alloc(8))]],
  ["PRIORITY (CVE-2019-9513)", () => [priority(1)]],
  ["frames of no known type", () => [frame(99, 0, 0, Buffer.alloc(100))]],
  ["GOAWAY", () => [goAway()], [post(1, silent)]],
];

const named = (attacks: readonly Attack[]) => attacks.map((attack) => ({ what: attack[0], attack }));

const gone = [post(1, silent), resetStream(1)];

const companions: readonly Attack[] = [
  ["window updates of a byte on the connection", () => [windowUpdate(0, 1)], [post(1, silent)]],
  ["window updates of a byte on a stream", () => [windowUpdate(1, 1)], [post(1, silent)]],
  ["RST_STREAM on a stream that is gone", () => [resetStream(1)], gone],
  ["trailers on a stream that is gone", () => [headers(1, [["x", "y"]])], gone],
  ["crumbs of DATA on a stream that is gone", () => [data(1, "x")], gone],
];

describe("attacks that end in streams that are reset", () => {
  it.each(named(resets))("$what", async ({ attack }) => {
    expect(await play(attack, bearable)).not.toMatch(/GOAWAY/);
    expect(await play(attack, bearable + 1)).toMatch(calm);
  });

  it("streams beyond the limit", async () => {
    const first = Array.from({ length: bearable * 2 }, (_, index) => get(1 + index * 2, silent));
    const again = (id: number) => [get(id + 1000)];
    expect(await play(["", again, first], bearable)).not.toMatch(/GOAWAY/);
    expect(await play(["", again, first], bearable + 1)).toMatch(calm);
  });
});

describe("attacks with frames of no use", () => {
  it.each(named(oddities))("$what", async ({ attack }) => {
    expect(await play(attack, bearable - 1)).not.toMatch(/ENHANCE_YOUR_CALM/);
    expect(await play(attack, bearable)).toMatch(calm);
  });

  it.each(named(companions))("$what, beyond what a stream allows", async ({ attack }) => {
    expect(await play(attack, bearable - 1)).not.toMatch(/GOAWAY/);
    expect(await play(attack, bearable + 8)).toMatch(calm);
  });

  it("an answer that is let out byte by byte (CVE-2019-9511)", async () => {
    const first = [settings([["initialWindowSize", 0]])];
    const served = await serve((stream) => {
      stream.start(200, {});
      stream.end({ bytes: Buffer.alloc(1000) });
    }, limits);
    const client = await openRaw(served.port, Buffer.concat([preamble, ...first, get(1)]));
    const lines: string[] = [];
    for (let i = 0; i < bearable + 8; i++) lines.push(...(await client.settled(windowUpdate(1, 1))));
    expect(lines.join("\n")).toMatch(calm);
  });

  it("changes of the first window cost as much as there are streams", async () => {
    const served = await serve(() => {}, { ...limits, maxStreams: 1000 });
    const client = await openRaw(served.port);
    await client.reaction(...Array.from({ length: 640 }, (_, index) => get(1 + index * 2)));
    const change = (bytes: number) => client.reaction(settings([["initialWindowSize", bytes]]));
    for (const bytes of [1, 2, 3, 4]) expect(await change(bytes)).toEqual(["SETTINGS ACK"]);
    expect((await change(5)).join("\n")).toMatch(calm);
  });
});

describe("attacks with heads that do not end (CVE-2024-27316)", () => {
  const begun = headers(1, fieldsOf(), { isWhole: false });

  it("many parts", async () => {
    const part = continuation(1, block([["x", "y"]]), false);
    expect((await afterHead(Array(bearable - 3).fill(part))).join("\n")).not.toMatch(/ENHANCE/);
    expect((await afterHead(Array(bearable).fill(part))).join("\n")).toMatch(calm);
  });

  it("empty parts", async () => {
    expect((await afterHead(Array(bearable).fill(continuation(1, Buffer.alloc(0), false)))).join("\n")).toMatch(calm);
  });

  it("large parts", async () => {
    const part = continuation(1, Buffer.alloc(4000), false);
    expect((await afterHead(Array(3).fill(part))).join("\n")).not.toMatch(/ENHANCE/);
    expect((await afterHead(Array(4).fill(part))).join("\n")).toMatch(calm);
  });

  /** Parts behind a head that has begun; what comes behind them, if they are borne, is out of place. */
  async function afterHead(parts: readonly Buffer[]) {
    const { port } = await serve(answer, limits);
    const client = await openRaw(port, preamble);
    return await client.reaction(begun, ...parts);
  }
});

describe("frames that must be answered", () => {
  it("PING, and nobody reads the answers (CVE-2019-9512)", async () => {
    const { port } = await serve(answer, limits);
    const client = await openRaw(port, preamble);
    expect((await client.reaction(...Array(bearable + 1).fill(ping()))).join("\n")).toMatch(calm);
  });

  it("pings whose answers are read are welcome, however many", async () => {
    const { port } = await serve(answer, limits);
    const client = await openRaw(port, preamble);
    for (let i = 0; i < bearable * 3; i++) expect(await client.reaction(ping())).toEqual(["PING ACK"]);
  });
});
