import { answered, describeRules, fails } from "./test-parts/describe-rules.ts";
import {
  block,
  continuation,
  data,
  fieldsOf,
  frame,
  get,
  goAway,
  headers,
  number,
  ping,
  post,
  priority,
  resetStream,
  settings,
  windowUpdate,
} from "./test-parts/frames.ts";

const silent = { ":path": "/silent" };
const padded = 8;
const withPriority = 32;
const bytes = (length: number) => Buffer.alloc(length);

describeRules("frames", [
  [
    "4.1",
    "flags that mean nothing are passed over",
    [frame(4, 0xfe, 0), frame(6, 0xf6, 0, bytes(8))],
    ["SETTINGS ACK", "PING ACK"],
  ],
  ["4.1", "the reserved bit is passed over", [get(0x8000_0001)], answered(1)],
  ["4.2", "a frame of the largest size", [post(1), data(1, bytes(16_384), true)], answered(1, 16_384)],
  ["4.2", "DATA beyond the largest size", [post(1), data(1, bytes(16_385))], fails("FRAME_SIZE_ERROR", 1)],
  ["4.2", "HEADERS beyond the largest size", [headers(1, bytes(16_385))], fails("FRAME_SIZE_ERROR")],
  [
    "4.2",
    "a frame of no known type beyond the largest size",
    [frame(22, 0, 0, bytes(16_385))],
    fails("FRAME_SIZE_ERROR"),
  ],
  [
    "5.5",
    "frames of no known type are passed over",
    [frame(22, 255, 0, bytes(9)), frame(255, 0, 7), get(1)],
    answered(1),
  ],
  [
    "5.5",
    "a frame of no known type amid a head",
    [headers(1, fieldsOf(), { isWhole: false }), frame(22, 0, 1)],
    fails("PROTOCOL_ERROR"),
  ],
]);

describeRules("DATA", [
  ["6.1", "without a stream", [data(0, "x")], fails("PROTOCOL_ERROR")],
  [
    "6.1",
    "padding is no part of a body",
    [post(1), frame(0, padded | 1, 1, Buffer.from("\x03ab\0\0\0", "latin1"))],
    answered(1, 2),
  ],
  ["6.1", "padding that fills the frame", [post(1), frame(0, padded | 1, 1, Buffer.of(4, 0, 0, 0, 0))], answered(1)],
  [
    "6.1",
    "padding beyond the frame",
    [post(1), frame(0, padded | 1, 1, Buffer.of(5, 0, 0, 0, 0))],
    fails("PROTOCOL_ERROR", 1),
  ],
  ["6.1", "no room for the length of padding", [post(1), frame(0, padded, 1)], fails("FRAME_SIZE_ERROR", 1)],
  ["6.1", "an empty body in an empty frame", [post(1), data(1, "", true)], answered(1)],
]);

describeRules("HEADERS", [
  ["6.2", "without a stream", [get(0)], fails("PROTOCOL_ERROR")],
  ["6.2", "padded", [frame(1, padded | 5, 1, Buffer.concat([Buffer.of(2), block(fieldsOf()), bytes(2)]))], answered(1)],
  ["6.2", "padding beyond the frame", [frame(1, padded | 5, 1, Buffer.of(2, 0x82))], fails("PROTOCOL_ERROR")],
  ["6.2", "no room for the length of padding", [frame(1, padded | 5, 1)], fails("FRAME_SIZE_ERROR")],
  [
    "6.2",
    "with the old priority",
    [frame(1, withPriority | 5, 1, Buffer.concat([bytes(5), block(fieldsOf())]))],
    answered(1),
  ],
  ["6.2", "no room for the old priority", [frame(1, withPriority | 5, 1, bytes(4))], fails("FRAME_SIZE_ERROR")],
  [
    "6.2",
    "padding and the old priority",
    [frame(1, padded | withPriority | 5, 1, Buffer.concat([Buffer.of(3), bytes(5), block(fieldsOf()), bytes(3)]))],
    answered(1),
  ],
]);

describeRules("PRIORITY", [
  ["6.3", "has no effect", [priority(3, 1), priority(1), get(1), priority(1)], answered(1)],
  ["6.3", "without a stream", [priority(0)], fails("PROTOCOL_ERROR")],
  ["6.3", "of four bytes", [post(1), frame(2, 0, 1, bytes(4))], ["RST_STREAM 1 FRAME_SIZE_ERROR"]],
  ["6.3", "of six bytes on no stream", [frame(2, 0, 1, bytes(6))], fails("FRAME_SIZE_ERROR")],
]);

describeRules("RST_STREAM", [
  ["6.4", "ends a stream", [post(1, silent), resetStream(1), get(3)], answered(3)],
  ["6.4", "without a stream", [resetStream(0)], fails("PROTOCOL_ERROR")],
  ["6.4", "on an idle stream", [resetStream(1)], fails("PROTOCOL_ERROR")],
  ["6.4", "of three bytes", [post(1), frame(3, 0, 1, bytes(3))], fails("FRAME_SIZE_ERROR", 1)],
  ["6.4", "with a code that nobody knows", [post(1, silent), resetStream(1, 0xffff_ffff), get(3)], answered(3)],
]);

describeRules("SETTINGS", [
  ["6.5", "of a stream", [frame(4, 0, 1)], fails("PROTOCOL_ERROR")],
  ["6.5", "an acknowledgement that says something", [frame(4, 1, 0, bytes(6))], fails("FRAME_SIZE_ERROR")],
  ["6.5", "of a length that is no entries", [frame(4, 0, 0, bytes(7))], fails("FRAME_SIZE_ERROR")],
  ["6.5.2", "ENABLE_PUSH of 2", [settings([["enablePush", 2]])], fails("PROTOCOL_ERROR")],
  [
    "6.5.2",
    "ENABLE_PUSH of 0 and 1",
    [settings([["enablePush", 0]]), settings([["enablePush", 1]])],
    ["SETTINGS ACK", "SETTINGS ACK"],
  ],
  ["6.5.2", "INITIAL_WINDOW_SIZE of 2^31", [settings([["initialWindowSize", 2 ** 31]])], fails("FLOW_CONTROL_ERROR")],
  ["6.5.2", "INITIAL_WINDOW_SIZE of 2^31-1", [settings([["initialWindowSize", 2 ** 31 - 1]])], ["SETTINGS ACK"]],
  ["6.5.2", "MAX_FRAME_SIZE below 2^14", [settings([["maxFrameSize", 16_383]])], fails("PROTOCOL_ERROR")],
  ["6.5.2", "MAX_FRAME_SIZE of 2^24", [settings([["maxFrameSize", 2 ** 24]])], fails("PROTOCOL_ERROR")],
  ["6.5.2", "MAX_FRAME_SIZE of 2^24-1", [settings([["maxFrameSize", 2 ** 24 - 1]])], ["SETTINGS ACK"]],
  [
    "6.5.2",
    "what nobody knows is passed over",
    [
      settings([
        [0xf0f0, 7],
        [0, 1],
      ]),
      get(1),
    ],
    ["SETTINGS ACK", ...answered(1)],
  ],
  [
    "6.5.3",
    "each is acknowledged",
    [settings(), settings([["headerTableSize", 0]]), settings()],
    Array(3).fill("SETTINGS ACK"),
  ],
]);

describeRules("PUSH_PROMISE", [
  [
    "8.4",
    "a client promises nothing",
    [post(1), frame(5, 4, 1, Buffer.concat([number(2), block(fieldsOf())]))],
    fails("PROTOCOL_ERROR", 1),
  ],
]);

describeRules("PING", [
  ["6.7", "is acknowledged", [ping()], ["PING ACK"]],
  ["6.7", "an acknowledgement is not", [frame(6, 1, 0, bytes(8))], []],
  ["6.7", "of a stream", [frame(6, 0, 1, bytes(8))], fails("PROTOCOL_ERROR")],
  ["6.7", "of six bytes", [frame(6, 0, 0, bytes(6))], fails("FRAME_SIZE_ERROR")],
]);

describeRules("GOAWAY", [
  ["6.8", "ends a connection on which there is no stream", [goAway()], fails("NO_ERROR")],
  [
    "6.8",
    "leaves requests that are under way as they are",
    [post(1), goAway(), data(1, "x", true)],
    ["GOAWAY NO_ERROR after 1", ...answered(1, 1), "closed"],
  ],
  ["6.8", "of a stream", [frame(7, 0, 1, bytes(8))], fails("PROTOCOL_ERROR")],
  ["6.8", "of seven bytes", [frame(7, 0, 0, bytes(7))], fails("FRAME_SIZE_ERROR")],
]);

describeRules("WINDOW_UPDATE", [
  ["6.9", "of three bytes", [frame(8, 0, 0, bytes(3))], fails("FRAME_SIZE_ERROR")],
  ["6.9", "of five bytes on a stream", [post(1), frame(8, 0, 1, bytes(5))], fails("FRAME_SIZE_ERROR", 1)],
  ["6.9", "by nothing, on the connection", [windowUpdate(0, 0)], fails("PROTOCOL_ERROR")],
  ["6.9", "by nothing, on a stream", [post(1), windowUpdate(1, 0)], ["RST_STREAM 1 PROTOCOL_ERROR"]],
  ["6.9", "on an idle stream", [windowUpdate(1, 1)], fails("PROTOCOL_ERROR")],
  ["6.9", "on a stream that has just ended", [get(1), windowUpdate(1, 1), windowUpdate(1, 0)], answered(1)],
  ["6.9.1", "beyond 2^31-1 on the connection", [windowUpdate(0, 2 ** 31 - 1)], fails("FLOW_CONTROL_ERROR")],
  ["6.9.1", "beyond 2^31-1 on a stream", [post(1), windowUpdate(1, 2 ** 31 - 1)], ["RST_STREAM 1 FLOW_CONTROL_ERROR"]],
  ["6.9.1", "up to 2^31-1", [windowUpdate(0, 2 ** 31 - 65_536), get(1)], answered(1)],
  [
    "6.9.2",
    "a first window that takes another stream's beyond 2^31-1",
    [post(1), windowUpdate(1, 2 ** 30), settings([["initialWindowSize", 2 ** 31 - 1]])],
    fails("FLOW_CONTROL_ERROR", 1),
  ],
]);

const begun = headers(1, fieldsOf(), { isWhole: false });
const rest = block([["x-more", "yes"]]);
const among: readonly (readonly [string, Buffer])[] = [
  ["DATA", data(1, "x")],
  ["HEADERS of its own", get(1)],
  ["HEADERS of another stream", get(3)],
  ["PRIORITY", priority(1)],
  ["RST_STREAM", resetStream(1)],
  ["SETTINGS", settings()],
  ["PING", ping()],
  ["GOAWAY", goAway()],
  ["WINDOW_UPDATE", windowUpdate(0, 1)],
  ["CONTINUATION of another stream", continuation(3, rest)],
  ["CONTINUATION without a stream", continuation(0, rest)],
];

describeRules("CONTINUATION", [
  ["6.10", "goes on with a head", [begun, continuation(1, rest, false), continuation(1, rest)], answered(1)],
  ["6.10", "may be empty", [begun, continuation(1, bytes(0), false), continuation(1, bytes(0))], answered(1)],
  ["6.10", "of nothing", [continuation(1, rest)], fails("PROTOCOL_ERROR")],
  ["6.10", "after a head that is whole", [post(1), continuation(1, rest)], fails("PROTOCOL_ERROR", 1)],
  [
    "6.10",
    "after one that has ended a head",
    [begun, continuation(1, rest), continuation(1, rest)],
    /GOAWAY PROTOCOL_ERROR after 1\nclosed$/,
  ],
  ...among.map(([what, sent]) => ["6.10", `${what} amid a head`, [begun, sent], fails("PROTOCOL_ERROR")] as const),
]);
