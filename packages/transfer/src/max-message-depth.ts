import { maxPayloadDepth } from "@trimtab/core";

/** How deep messages in a file may be nested: each level of a value takes up to three, and what surrounds it a few. */
export const maxMessageDepth = 3 * maxPayloadDepth + 16;
