import { type DescField, type DescMessage, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import { functionOf, indent, scalarCode, shapeName, tagOf, wireTypes } from "./names.ts";

/** Fields that are written at one place: one of them, or the run of those that one `oneof` chooses from. */
type Step = DescField | { readonly oneof: DescOneof; readonly fields: readonly DescField[] };

/** The code of the function that writes a message: from its last field to its first, as the sink wants it. */
export function writeFunction(message: DescMessage): string {
  const name = shapeName(message);
  const steps = stepsOf(message).map((step) =>
    "fields" in step ? oneofCode(step.oneof, step.fields) : fieldCode(step),
  );
  return `export function write${name}(m: pb.${name}): void {
  if (m.$typeName !== ${JSON.stringify(message.typeName)}) giveUp();
  if (m.$unknown !== undefined) sink.unknown(m.$unknown);
${steps.join("")}}
`;
}

function stepsOf(message: DescMessage): Step[] {
  const steps: Step[] = [];
  for (const field of [...message.fields].sort((a, b) => b.number - a.number)) {
    const { oneof } = field;
    const last = steps.at(-1);
    if (oneof === undefined) steps.push(field);
    else if (last !== undefined && "fields" in last && last.oneof === oneof) {
      steps[steps.length - 1] = { oneof, fields: [...last.fields, field] };
    } else steps.push({ oneof, fields: [field] });
  }
  return steps;
}

const oneofCode = ({ localName }: DescOneof, fields: readonly DescField[]): string =>
  `  switch (m.${localName}.case) {
${fields
  .map(
    (field) => `    case ${JSON.stringify(field.localName)}: {
${indent(valueCode(field, `m.${localName}.value`), 6)}      break;
    }
`,
  )
  .join("")}  }
`;

function fieldCode(field: DescField): string {
  const value = `m.${field.localName}`;
  if (field.fieldKind === "list") return listCode(field, value);
  if (field.fieldKind === "map") return mapCode(field, value);
  if (field.message === undefined) return `  if (${isSet(field, value)}) ${valueCode(field, value)}`;
  return `  if (${isSet(field, value)}) {\n${indent(valueCode(field, value), 4)}  }\n`;
}

/** Proto3 leaves out what is zero, unless a field says that it may be absent. */
function isSet(field: DescField, value: string): string {
  if (field.fieldKind === "message" || field.proto.proto3Optional) return `${value} !== undefined`;
  switch (field.scalar) {
    case ScalarType.BYTES:
      return `!(${value} instanceof Uint8Array) || ${value}.length !== 0`;
    case ScalarType.DOUBLE:
      return `!Object.is(${value}, 0)`;
    default:
      return `${value} !== ${scalarCode(field).zero}`;
  }
}

function valueCode(field: DescField, value: string): string {
  if (field.message !== undefined)
    return messageCode(field, field.message, tagOf(field, wireTypes.lengthDelimited), value);
  const { name, wireType } = scalarCode(field);
  return `sink.${name}(${tagOf(field, wireType)}, ${value});\n`;
}

const messageCode = ({ parent }: DescField, message: DescMessage, tag: number, value: string): string =>
  `const before = sink.size();
${functionOf("write", message, parent.file)}(${value});
sink.nested(${tag}, before);
`;

function listCode(field: DescField & { fieldKind: "list" }, value: string): string {
  const { name } = scalarCode(field);
  const isPacked = field.message === undefined && field.packed;
  const item = isPacked ? `sink.${name}Item(${value}[i]!);\n` : valueCode(field, `${value}[i]!`);
  const loop = `for (let i = ${value}.length - 1; i >= 0; i--) {\n${indent(item, 2)}}\n`;
  if (!isPacked) return indent(loop, 2);
  return `  if (${value}.length !== 0) {
    const before = sink.size();
${indent(loop, 4)}    sink.nested(${tagOf(field, wireTypes.lengthDelimited)}, before);
  }
`;
}

function mapCode(field: DescField & { fieldKind: "map" }, value: string): string {
  const keys = `k${field.number}`;
  const item = `${value}[${keys}[i]!]!`;
  const { name, wireType } = scalarCode(field);
  const entry =
    field.message === undefined
      ? `sink.${name}(${tagOf({ number: 2 }, wireType)}, ${item});\n`
      : messageCode(field, field.message, tagOf({ number: 2 }, wireTypes.lengthDelimited), item);
  return `  const ${keys} = Object.keys(${value});
  for (let i = ${keys}.length - 1; i >= 0; i--) {
    const entry = sink.size();
${indent(entry, 4)}    sink.text(${tagOf({ number: 1 }, wireTypes.lengthDelimited)}, ${keys}[i]!);
    sink.nested(${tagOf(field, wireTypes.lengthDelimited)}, entry);
  }
`;
}
