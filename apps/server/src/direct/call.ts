import type { OutgoingHttpHeaders } from "node:http";
import type { Compression } from "@connectrpc/connect/protocol";
import type { Exchange } from "@trimtab/http";
import type { CallContext } from "./call-context.ts";
import type { Dialect } from "./dialects.ts";
import type { Codec, DirectMethod } from "./direct-methods.ts";

/** A call under way. */
export interface Call {
  readonly exchange: Exchange;
  readonly method: DirectMethod;
  readonly dialect: Dialect;
  readonly codec: Codec;
  /** What the request is packed in. */
  readonly packing: Compression | undefined;
  readonly context: CallContext;
  /** Fields that the head of the answer carries beside its own. */
  readonly fields: OutgoingHttpHeaders | undefined;
}
