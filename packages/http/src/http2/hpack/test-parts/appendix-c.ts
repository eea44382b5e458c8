type Entry = readonly [name: string, value: string];

/** A block of one of RFC 7541's examples: its bytes, its fields, and the dynamic table after it with its size. */
export interface ExampleBlock {
  readonly hex: string;
  readonly fields: readonly Entry[];
  readonly table: readonly Entry[];
  readonly tableBytes: number;
}

/** Blocks that one decoder gets one after the other. */
export interface Example {
  readonly section: string;
  readonly maxTableBytes: number;
  readonly isHuffman: boolean;
  readonly blocks: readonly ExampleBlock[];
}

const get: Entry = [":method", "GET"];
const http: Entry = [":scheme", "http"];
const authority: Entry = [":authority", "www.example.com"];
const noCache: Entry = ["cache-control", "no-cache"];
const custom: Entry = ["custom-key", "custom-value"];

const requests = [
  { fields: [get, http, [":path", "/"], authority], table: [authority], tableBytes: 57 },
  { fields: [get, http, [":path", "/"], authority, noCache], table: [noCache, authority], tableBytes: 110 },
  {
    fields: [get, [":scheme", "https"], [":path", "/index.html"], authority, custom],
    table: [custom, noCache, authority],
    tableBytes: 164,
  },
] as const;

const isPrivate: Entry = ["cache-control", "private"];
const date: Entry = ["date", "Mon, 21 Oct 2013 20:13:21 GMT"];
const later: Entry = ["date", "Mon, 21 Oct 2013 20:13:22 GMT"];
const location: Entry = ["location", "https://www.example.com"];
const gzip: Entry = ["content-encoding", "gzip"];
const cookie: Entry = ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"];
const status = (code: string): Entry => [":status", code];

const responses = [
  {
    fields: [status("302"), isPrivate, date, location],
    table: [location, date, isPrivate, status("302")],
    tableBytes: 222,
  },
  {
    fields: [status("307"), isPrivate, date, location],
    table: [status("307"), location, date, isPrivate],
    tableBytes: 222,
  },
  {
    fields: [status("200"), isPrivate, later, location, gzip, cookie],
    table: [cookie, gzip, later],
    tableBytes: 215,
  },
] as const;

const withBytes = (blocks: readonly Omit<ExampleBlock, "hex">[], bytes: readonly string[]) =>
  blocks.map((block, i) => ({ ...block, hex: bytes[i] ?? "" }));

/** The examples of RFC 7541, C.3 to C.6: requests and responses, without and with Huffman coding. */
export const appendixC: readonly Example[] = [
  {
    section: "C.3",
    maxTableBytes: 4096,
    isHuffman: false,
    blocks: withBytes(requests, [
      "828684410f7777772e6578616d706c652e636f6d",
      "828684be58086e6f2d6361636865",
      "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
    ]),
  },
  {
    section: "C.4",
    maxTableBytes: 4096,
    isHuffman: true,
    blocks: withBytes(requests, [
      "828684418cf1e3c2e5f23a6ba0ab90f4ff",
      "828684be5886a8eb10649cbf",
      "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
    ]),
  },
  {
    section: "C.5",
    maxTableBytes: 256,
    isHuffman: false,
    blocks: withBytes(responses, [
      "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f777777" +
        "2e6578616d706c652e636f6d",
      "4803333037c1c0bf",
      "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f" +
        "5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
    ]),
  },
  {
    section: "C.6",
    maxTableBytes: 256,
    isHuffman: true,
    blocks: withBytes(responses, [
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
      "4883640effc1c0bf",
      "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1" +
        "ab270fb5291f9587316065c003ed4ee5b1063d5007",
    ]),
  },
];
