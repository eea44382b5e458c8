import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import * as grpc from "@grpc/grpc-js";
import { type ErrorDetail, ErrorDetailSchema } from "@trimtab/wire/services";
import { expect, onTestFinished } from "vitest";

/** A method as a gRPC library knows it: a path, and messages that are bytes to it. */
interface Method<I extends DescMessage, O extends DescMessage> {
  readonly name: string;
  readonly parent: { readonly typeName: string };
  readonly input: I;
  readonly output: O;
}

/** A client that shares no code with ours but the descriptors. */
export interface ForeignClient {
  unary<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options?: { readonly call?: grpc.CallOptions; readonly onCall?: (call: grpc.ClientUnaryCall) => void },
  ): Promise<MessageShape<O>>;
  stream<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<MessageShape<O>>;
}

/** Connects a client of `@grpc/grpc-js`; it is closed when the test ends. */
export function connectForeign(port: number, options: grpc.ClientOptions = {}): ForeignClient {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
  onTestFinished(() => client.close());
  return {
    unary: (method, request, { call, onCall } = {}) =>
      new Promise((resolve, reject) => {
        const { path, serialize, deserialize } = partsOf(method);
        const metadata = new grpc.Metadata();
        const made = client.makeUnaryRequest(
          path,
          serialize,
          deserialize,
          create(method.input, request),
          metadata,
          call ?? {},
          (error, answer) => {
            if (error === null && answer !== undefined) resolve(answer);
            else reject(error);
          },
        );
        onCall?.(made);
      }),
    stream(method, request, call = {}) {
      const { path, serialize, deserialize } = partsOf(method);
      const message = create(method.input, request);
      return client.makeServerStreamRequest(path, serialize, deserialize, message, new grpc.Metadata(), call);
    },
  };
}

const partsOf = <I extends DescMessage, O extends DescMessage>({ name, parent, input, output }: Method<I, O>) => ({
  path: `/${parent.typeName}/${name}`,
  serialize: (message: MessageShape<I>) => Buffer.from(toBinary(input, message)),
  deserialize: (bytes: Buffer) => fromBinary(output, bytes),
});

/** Expects a call to fail, and gives how. */
export const failureOf = async (call: Promise<unknown>): Promise<grpc.ServiceError> =>
  call.then(
    () => expect.fail("the call has not failed"),
    (error: grpc.ServiceError) => error,
  );

/**
 * Reads our detail from the trailer in which gRPC carries a `google.rpc.Status`: its field 3 is a `google.protobuf.Any`
 * with the type in field 1 and the bytes in field 2.
 */
export function detailOf({ metadata }: grpc.ServiceError): ErrorDetail {
  const [status] = metadata.get("grpc-status-details-bin");
  if (!(status instanceof Uint8Array)) return expect.fail("there is no grpc-status-details-bin");
  const any = fieldOf(status, 3);
  expect(new TextDecoder().decode(fieldOf(any, 1))).toBe(`type.googleapis.com/${ErrorDetailSchema.typeName}`);
  return fromBinary(ErrorDetailSchema, fieldOf(any, 2));
}

/** The bytes of the first field of this number in an encoded message. */
function fieldOf(message: Uint8Array, number: number): Uint8Array {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === number) return reader.bytes();
    reader.skip(wireType, field);
  }
  return expect.fail(`there is no field ${number}`);
}
