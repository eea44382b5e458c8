// A plugin of buf: generates codecs for the messages of the files that it is told, and for all that those consist of.
import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { codecFile } from "./codec-file.ts";
import { codecIndex } from "./codec-index.ts";
import { findCodecs } from "./find-codecs.ts";

const chunks: Uint8Array[] = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const request = fromBinary(CodeGeneratorRequestSchema, Buffer.concat(chunks));

const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: request.protoFile }));
const wanted = request.parameter.split(",");
const files = [...registry.files].filter((file) => wanted.includes(file.name));
const found = findCodecs(files);
// buf asks once for each folder of schemas; one without these files gets nothing.
const generated = [...found].map(([file, messages]) => codecFile(file, messages));
if (found.size > 0) generated.push(codecIndex(found));

process.stdout.write(
  toBinary(
    CodeGeneratorResponseSchema,
    create(CodeGeneratorResponseSchema, {
      supportedFeatures: BigInt(CodeGeneratorResponse_Feature.PROTO3_OPTIONAL),
      file: generated,
    }),
  ),
);
