// Everything generated from trimtab.v1: service and message descriptors, and the message types.
export * from "./gen/trimtab/v1/error_pb.ts";
export * from "./gen/trimtab/v1/session_pb.ts";
export * from "./gen/trimtab/v1/value_pb.ts";
export * from "./gen/trimtab/v1/variable_pb.ts";
export * from "./gen/trimtab/v1/watch_pb.ts";
