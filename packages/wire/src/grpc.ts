// The two services that gRPC tools expect of a server. Both versions of reflection have the same names, so each is a
// namespace of its own.
export * as health from "./gen/grpc/health/v1/health_pb.ts";
export * as reflectionV1 from "./gen/grpc/reflection/v1/reflection_pb.ts";
export * as reflectionV1alpha from "./gen/grpc/reflection/v1alpha/reflection_pb.ts";
