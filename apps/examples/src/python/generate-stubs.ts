import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { grpcPlugin } from "./python-parts.ts";

const proto = fileURLToPath(new URL("../../../../proto", import.meta.url));

/** The Python program and what lies beside it, from here and from where this is built to. */
export const program = fileURLToPath(new URL("../../src/python", import.meta.url));

/** Makes Python modules of Trimtab's `.proto` files in a folder, as any Python project would. */
export async function generateStubs(folder: string): Promise<void> {
  const files = (await readdir(join(proto, "trimtab/v1"))).filter((name) => name.endsWith(".proto"));
  await promisify(execFile)("/usr/bin/protoc", [
    `--proto_path=${proto}`,
    `--proto_path=${program}`,
    `--python_out=${folder}`,
    `--grpc_out=${folder}`,
    `--plugin=protoc-gen-grpc=${grpcPlugin}`,
    "grpc_status.proto",
    ...files.map((name) => `trimtab/v1/${name}`),
  ]);
}
