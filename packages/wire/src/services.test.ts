import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import * as grpc from "./grpc.ts";
import * as services from "./services.ts";

const folder = new URL("./gen/trimtab/v1/", import.meta.url);

describe("generated code", () => {
  test("of every file of trimtab.v1 is exported", async () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith("_pb.ts"))) {
      const module: object = await import(new URL(file, folder).href);
      for (const name of Object.keys(module)) expect(services, `${name} of ${file}`).toHaveProperty(name);
    }
  });

  test("is possible for Kotlin: no file takes the name of a message in another", () => {
    const files = Object.values(services).flatMap((exported) =>
      "kind" in exported && exported.kind === "file" ? [exported] : [],
    );
    expect(files.length).toBeGreaterThan(10);
    for (const { name, proto, messages } of files) {
      const camel = basename(name).replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const others = files.filter((file) => file.name !== name).flatMap((file) => file.messages);
      const outer = proto.options?.javaOuterClassname || (messages.some((m) => m.name === camel) ? "" : camel);
      expect(others.map((message) => message.name)).not.toContain(outer);
    }
  });

  test("has the services that gRPC tools ask for", () => {
    expect(grpc.health.Health.typeName).toBe("grpc.health.v1.Health");
    expect(grpc.reflectionV1.ServerReflection.typeName).toBe("grpc.reflection.v1.ServerReflection");
    expect(grpc.reflectionV1alpha.ServerReflection.typeName).toBe("grpc.reflection.v1alpha.ServerReflection");
  });
});
