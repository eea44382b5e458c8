/**
 * Writes a message as gRPC does (gRPC over HTTP/2, `Status-Message`): only what must be is percent-encoded. Of more, libraries that decode
 * as for a URI, such as `@grpc/grpc-js`, leave what a URI reserves encoded, the colon for instance. What stands at the ends would be lost
 * as space around a field.
 *
 * @param text well-formed text
 */
export const statusMessage = (text: string): string =>
  text.replace(/[^ -$&-~]+|^ +| +$/g, (part) => encodeURIComponent(part));
