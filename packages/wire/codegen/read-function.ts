import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { functionOf, indent, scalarCode, shapeName, tagOf, wireTypes } from "./names.ts";

/** The code of the functions that read a message: one, and one for the entries of each of its maps. */
export function readFunctions(message: DescMessage): string {
  const name = shapeName(message);
  return `export function read${name}(outer: number): pb.${name} {
${message.members.map((member) => `  ${declaration(name, member)}`).join("\n")}
  while (source.hasMore()) {
    switch (source.tag()) {
${message.fields.map(fieldCases).join("")}      default:
        giveUp();
    }
  }
  source.leaveMessage(outer);
  ${resultCode(message)}
}
${message.fields.map((field) => (field.fieldKind === "map" ? entryFunction(field) : "")).join("")}`;
}

type Member = DescMessage["members"][number];

/** The variable that holds what was read of a member. */
const variableOf = (member: Member): string =>
  member.kind === "oneof" ? `o${member.parent.oneofs.indexOf(member)}` : `f${member.number}`;

const isAbsentUnlessRead = (member: Member): boolean =>
  member.kind === "field" && (member.fieldKind === "message" || member.proto.proto3Optional);

function declaration(name: string, member: Member): string {
  const type = `pb.${name}[${JSON.stringify(member.localName)}]`;
  const variable = variableOf(member);
  if (member.kind === "oneof" || isAbsentUnlessRead(member)) return `let ${variable}: ${type} | undefined;`;
  if (member.fieldKind === "list") return `const ${variable}: ${type} = [];`;
  if (member.fieldKind === "map") return `const ${variable}: ${type} = {};`;
  return `let ${variable}: ${type} = ${scalarCode(member).zero};`;
}

/** Fields that may be absent are absent unless they were read; all messages of a type otherwise have one shape. */
function resultCode(message: DescMessage): string {
  const { typeName, members } = message;
  const always = members
    .filter((member) => !isAbsentUnlessRead(member))
    .map((member) => {
      const orNone = member.kind === "oneof" ? " ?? { case: undefined }" : "";
      return `${member.localName}: ${variableOf(member)}${orNone}`;
    });
  const literal = `{ ${[`$typeName: ${JSON.stringify(typeName)}`, ...always].join(", ")} }`;
  const absent = members.filter(isAbsentUnlessRead);
  return absent.length === 0
    ? `return ${literal};`
    : [
        `const m: pb.${shapeName(message)} = ${literal};`,
        ...absent.map(
          (member) => `if (${variableOf(member)} !== undefined) m.${member.localName} = ${variableOf(member)};`,
        ),
        "return m;",
      ].join("\n  ");
}

function fieldCases(field: DescField): string {
  const { lengthDelimited } = wireTypes;
  if (field.fieldKind === "map") {
    return caseCode(tagOf(field, lengthDelimited), `${entryFunctionName(field)}(${variableOf(field)});`);
  }
  if (field.fieldKind === "list") return listCases(field);
  if (field.message !== undefined) {
    // A second occurrence is merged into the first.
    const variable = variableOf(field.oneof ?? field);
    const first = `if (${variable} !== undefined) giveUp();`;
    return caseCode(tagOf(field, lengthDelimited), `${first}\n${assign(field, readMessage(field, field.message))}`);
  }
  return caseCode(tagOf(field, scalarCode(field).wireType), assign(field, readScalar(field)));
}

function assign(field: DescField, value: string): string {
  if (field.oneof === undefined) return `${variableOf(field)} = ${value};`;
  return `${variableOf(field.oneof)} = { case: ${JSON.stringify(field.localName)}, value: ${value} };`;
}

function listCases(field: DescField & { fieldKind: "list" }): string {
  const { lengthDelimited } = wireTypes;
  const push = (value: string) => `${variableOf(field)}.push(${value});`;
  if (field.message !== undefined) {
    return caseCode(tagOf(field, lengthDelimited), push(readMessage(field, field.message)));
  }
  const { wireType } = scalarCode(field);
  const one = caseCode(tagOf(field, wireType), push(readScalar(field)));
  if (wireType === lengthDelimited) return one;
  const all = `const list = source.enter();
while (source.hasMore()) ${push(readScalar(field))}
source.leave(list);`;
  return caseCode(tagOf(field, lengthDelimited), all) + one;
}

const readMessage = ({ parent }: DescField, message: DescMessage): string =>
  `${functionOf("read", message, parent.file)}(source.enterMessage())`;

/** An enum is open: it holds whatever number there is. */
const readScalar = (field: DescField): string =>
  `source.${scalarCode(field).name}()${field.enum === undefined ? "" : " as never"}`;

const caseCode = (tag: number, code: string): string =>
  `      case ${tag}: {\n${indent(code, 8)}\n        break;\n      }\n`;

const entryFunctionName = (field: DescField): string => `enter${shapeName(field.parent)}_${field.localName}`;

/** The code of the function that reads an entry into a map. */
function entryFunction(field: DescField & { fieldKind: "map" }): string {
  const name = shapeName(field.parent);
  const map = `pb.${name}[${JSON.stringify(field.localName)}]`;
  const { wireType } = scalarCode(field);
  const value = field.message === undefined ? readScalar(field) : readMessage(field, field.message);
  const valueTag = tagOf({ number: 2 }, field.message === undefined ? wireType : wireTypes.lengthDelimited);
  return `
function ${entryFunctionName(field)}(entries: ${map}): void {
  const outer = source.enter();
  let key = "";
  let value: ${map}[string] | undefined;
  while (source.hasMore()) {
    switch (source.tag()) {
      case 10:
        key = source.text();
        break;
      case ${valueTag}:
        if (value !== undefined) giveUp();
        value = ${value};
        break;
      default:
        giveUp();
    }
  }
  source.leave(outer);
  source.put(entries, key, value);
}
`;
}
