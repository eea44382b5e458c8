import { type DescField, type DescFile, type DescMessage, ScalarType } from "@bufbuild/protobuf";

/** The name of a message in the code that protoc-gen-es makes: its type's, without the package. */
export function shapeName({ typeName, file }: DescMessage): string {
  const { package: name } = file.proto;
  return (name === "" ? typeName : typeName.slice(name.length + 1)).replaceAll(".", "_");
}

/** How a file's codecs are imported by others. */
export const moduleName = (file: DescFile): string => `${file.name.slice(file.name.lastIndexOf("/") + 1)}_codec`;

/** A function of a message's codec, as it is called in a file. */
export function functionOf(verb: "read" | "write", message: DescMessage, caller: DescFile): string {
  const own = `${verb}${shapeName(message)}`;
  return message.file === caller ? own : `${moduleName(message.file)}.${own}`;
}

/** The path from one generated file to another, both without their ends. */
export function pathBetween(from: string, to: string): string {
  const up = "../".repeat(from.split("/").length - 1);
  return `${up === "" ? "./" : up}${to}`;
}

/** A field as it is on the wire: its number, and the form of what follows. */
export const tagOf = ({ number }: { readonly number: number }, wireType: number): number => number * 8 + wireType;

/** Forms of what follows a tag, as protobuf numbers them. */
export const wireTypes = { varint: 0, bit64: 1, lengthDelimited: 2 } as const;

/** What reads and writes values of a type, and how they are on the wire; enums are integers of 32 bits. */
export interface ScalarCode {
  readonly name: "text" | "bytes" | "bool" | "double" | "int32" | "uint32" | "int64" | "uint64";
  readonly wireType: number;
  /** What a field holds that is not set, as code. */
  readonly zero: string;
}

const { varint, bit64, lengthDelimited } = wireTypes;

export function scalarCode({ scalar }: Pick<DescField, "scalar">): ScalarCode {
  switch (scalar) {
    case ScalarType.STRING:
      return { name: "text", wireType: lengthDelimited, zero: '""' };
    case ScalarType.BYTES:
      return { name: "bytes", wireType: lengthDelimited, zero: "new Uint8Array(0)" };
    case ScalarType.BOOL:
      return { name: "bool", wireType: varint, zero: "false" };
    case ScalarType.DOUBLE:
      return { name: "double", wireType: bit64, zero: "0" };
    case ScalarType.UINT32:
      return { name: "uint32", wireType: varint, zero: "0" };
    case ScalarType.INT64:
      return { name: "int64", wireType: varint, zero: "0n" };
    case ScalarType.UINT64:
      return { name: "uint64", wireType: varint, zero: "0n" };
    default:
      return { name: "int32", wireType: varint, zero: "0" };
  }
}

/** Moves lines of code to the right. */
export const indent = (code: string, by: number): string => code.replace(/^(?=.)/gm, " ".repeat(by));
