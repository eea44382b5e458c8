import { readdirSync } from "node:fs";
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

  test("has the services that gRPC tools ask for", () => {
    expect(grpc.health.Health.typeName).toBe("grpc.health.v1.Health");
    expect(grpc.reflectionV1.ServerReflection.typeName).toBe("grpc.reflection.v1.ServerReflection");
    expect(grpc.reflectionV1alpha.ServerReflection.typeName).toBe("grpc.reflection.v1alpha.ServerReflection");
  });
});
