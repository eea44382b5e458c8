import type { DescFile } from "@bufbuild/protobuf";
import { type GeneratedFile, preamble } from "./codec-file.ts";
import type { Codecs } from "./find-codecs.ts";
import { shapeName } from "./names.ts";

/** Generates the list of all codecs, by the name of their message's type. */
export function codecIndex(codecs: Codecs): GeneratedFile {
  const imports = [...codecs.keys()].map((file) => `import * as ${aliasOf(file)} from "./${file.name}_codec.ts";\n`);
  const entries = [...codecs].flatMap(([file, messages]) =>
    messages.map((message) => {
      const name = shapeName(message);
      const from = aliasOf(file);
      return `  [${JSON.stringify(message.typeName)}, { read: ${from}.read${name}, write: ${from}.write${name} }],\n`;
    }),
  );
  return {
    name: "codecs.ts",
    content: `${preamble("all files")}import type { GeneratedCodec } from "../binary/message-codec.ts";
${imports.join("")}
export const codecs: ReadonlyMap<string, GeneratedCodec> = new Map<string, GeneratedCodec>([
${entries.join("")}]);
`,
  };
}

const aliasOf = (file: DescFile): string => file.name.replaceAll("/", "_");
