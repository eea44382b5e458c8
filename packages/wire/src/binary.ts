export { decodeMessage, encodeMessage } from "./binary/message-codec.ts";
