import {
  createRegistry,
  type DescFile,
  type DescMessage,
  type DescService,
  type Registry,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import { reflectionV1, reflectionV1alpha } from "@trimtab/wire/grpc";

/** What can be asked; the messages of both versions fit. */
type Question =
  | {
      readonly case: "listServices" | "fileByFilename" | "fileContainingSymbol" | "allExtensionNumbersOfType";
      readonly value: string;
    }
  | {
      readonly case: "fileContainingExtension";
      readonly value: { readonly containingType: string; readonly extensionNumber: number };
    }
  | { readonly case: undefined; readonly value?: undefined };

/** What is answered, as plain data that initialises the messages of both versions. */
type Answer =
  | { case: "fileDescriptorResponse"; value: { fileDescriptorProto: Uint8Array[] } }
  | { case: "allExtensionNumbersResponse"; value: { baseTypeName: string; extensionNumber: number[] } }
  | { case: "listServicesResponse"; value: { service: { name: string }[] } }
  | { case: "errorResponse"; value: { errorCode: number; errorMessage: string } };

/**
 * Makes the routes of gRPC server reflection for these services, so that tools such as grpcurl and `buf curl` need no
 * proto files. Versions v1 and v1alpha differ in name only and share one implementation.
 */
export function createReflection(services: readonly DescService[]): (router: ConnectRouter) => void {
  const both = [reflectionV1.ServerReflection, reflectionV1alpha.ServerReflection];
  const answer = createAnswers([...services, ...both]);
  return (router) => {
    router.service(reflectionV1.ServerReflection, {
      async *serverReflectionInfo(requests) {
        for await (const request of requests) {
          yield { validHost: request.host, originalRequest: request, messageResponse: answer(request.messageRequest) };
        }
      },
    });
    router.service(reflectionV1alpha.ServerReflection, {
      async *serverReflectionInfo(requests) {
        for await (const request of requests) {
          yield { validHost: request.host, originalRequest: request, messageResponse: answer(request.messageRequest) };
        }
      },
    });
  };
}

function createAnswers(services: readonly DescService[]): (question: Question) => Answer {
  const files = withImports(services.map((service) => service.file));
  const registry = createRegistry(...files.values());
  const found = (file: DescFile | undefined, what: string): Answer =>
    file === undefined ? notFound(what) : fileAnswer(file);
  return (question) => {
    switch (question.case) {
      case "listServices":
        return { case: "listServicesResponse", value: { service: services.map(({ typeName: name }) => ({ name })) } };
      case "fileByFilename":
        return found(files.get(question.value), `file ${question.value}`);
      case "fileContainingSymbol":
        return found(fileOfSymbol(registry, question.value), `symbol ${question.value}`);
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = question.value;
        const type = registry.getMessage(containingType);
        const extension = type && registry.getExtensionFor(type, extensionNumber);
        return found(extension?.file, `extension ${extensionNumber} of ${containingType}`);
      }
      case "allExtensionNumbersOfType": {
        const type = registry.getMessage(question.value);
        return type === undefined ? notFound(`type ${question.value}`) : extensionNumbers(registry, type);
      }
      default:
        return errorAnswer(Code.InvalidArgument, "the request asks for nothing");
    }
  };
}

const fileAnswer = (file: DescFile): Answer => ({
  case: "fileDescriptorResponse",
  value: {
    fileDescriptorProto: Array.from(withImports([file]).values(), (each) =>
      toBinary(FileDescriptorProtoSchema, each.proto),
    ),
  },
});

const notFound = (what: string): Answer => errorAnswer(Code.NotFound, `${what} is not known`);

const errorAnswer = (errorCode: Code, errorMessage: string): Answer => ({
  case: "errorResponse",
  value: { errorCode, errorMessage },
});

function extensionNumbers(registry: Registry, type: DescMessage): Answer {
  const extensionNumber: number[] = [];
  for (const each of registry) {
    if (each.kind === "extension" && each.extendee.typeName === type.typeName) extensionNumber.push(each.number);
  }
  return { case: "allExtensionNumbersResponse", value: { baseTypeName: type.typeName, extensionNumber } };
}

/** Files by name, each with everything that it imports, which a caller would otherwise ask for next. */
function withImports(files: readonly DescFile[]): Map<string, DescFile> {
  const all = new Map<string, DescFile>();
  const add = (file: DescFile) => {
    const name = file.proto.name;
    if (all.has(name)) return;
    all.set(name, file);
    file.dependencies.forEach(add);
  };
  files.forEach(add);
  return all;
}

/** The file that declares a message, enum, extension or service, or a method or field of one. */
function fileOfSymbol(registry: Registry, symbol: string): DescFile | undefined {
  const declared = registry.get(symbol);
  if (declared !== undefined) return declared.file;
  const parent = registry.get(symbol.slice(0, Math.max(0, symbol.lastIndexOf("."))));
  const name = symbol.slice(symbol.lastIndexOf(".") + 1);
  if (parent?.kind === "service" && parent.methods.some((method) => method.name === name)) return parent.file;
  if (parent?.kind === "message" && parent.fields.some((field) => field.name === name)) return parent.file;
  return parent?.kind === "enum" && parent.values.some((value) => value.name === name) ? parent.file : undefined;
}
