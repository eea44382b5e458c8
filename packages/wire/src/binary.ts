export { decodeMessage, encodeMessage } from "./binary/message-codec.ts";
export { offsetOfLargeBytes, toBinaryPieces } from "./binary-pieces.ts";
