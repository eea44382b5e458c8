import { existsSync } from "node:fs";

/** The interpreter whose packages Debian installs; another one on the path would not see them. */
export const python = "/usr/bin/python3";

/** What makes Python's gRPC code from `.proto` files. */
export const grpcPlugin = "/usr/bin/grpc_python_plugin";

/** Every Debian package that is used, with a file that it brings. */
const parts: Readonly<Record<string, string>> = {
  "python3-grpcio": "/usr/lib/python3/dist-packages/grpc/__init__.py",
  "python3-protobuf": "/usr/lib/python3/dist-packages/google/protobuf/__init__.py",
  "protobuf-compiler": "/usr/bin/protoc",
  "protobuf-compiler-grpc": grpcPlugin,
  "libprotobuf-dev": "/usr/include/google/protobuf/any.proto",
};

/** Names the Debian packages that the example needs and that are not installed. */
export const missingPackages = (): string[] =>
  Object.entries(parts)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);

/** What to type to install packages. */
export const installCommand = (packages: readonly string[]): string =>
  `apt-get install --no-install-recommends ${packages.join(" ")}`;
