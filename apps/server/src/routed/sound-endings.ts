import { Code, type ConnectRouter } from "@connectrpc/connect";
import {
  createAsyncIterable,
  type UniversalHandler,
  type UniversalServerRequest,
  type UniversalServerResponse,
} from "@connectrpc/connect/protocol";
import { trailerFlag, trailerSerialize } from "@connectrpc/connect/protocol-grpc-web";
import { envelope } from "../direct/envelope.ts";

/**
 * Sees to it that calls whose error Connect's router cannot say are answered nevertheless. It fails to percent-encode a
 * message that quotes ill-formed text from a request's JSON, and would leave such a call open for good.
 */
export function endSoundly({ handlers }: ConnectRouter): void {
  handlers.splice(0, handlers.length, ...handlers.map(withSoundEnding));
}

function withSoundEnding(handler: UniversalHandler): UniversalHandler {
  const sound = async (request: UniversalServerRequest): Promise<UniversalServerResponse> => {
    try {
      return await handler(request);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      return illFormed(request.header.get("content-type") ?? "");
    }
  };
  return Object.assign(sound, handler);
}

/** Only what was sent can be quoted so, and only gRPC and gRPC-web percent-encode it. */
function illFormed(contentType: string): UniversalServerResponse {
  const status = new Headers({
    "grpc-status": String(Code.InvalidArgument),
    "grpc-message": encodeURIComponent("the request holds text that is not well-formed Unicode"),
  });
  const header = new Headers({ "content-type": contentType });
  if (!contentType.startsWith("application/grpc-web")) return { status: 200, header, trailer: status };
  return { status: 200, header, body: createAsyncIterable([envelope(trailerFlag, trailerSerialize(status))]) };
}
