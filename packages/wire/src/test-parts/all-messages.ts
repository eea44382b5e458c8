import type { DescMessage } from "@bufbuild/protobuf";
import * as log from "../gen/trimtab/log/v1/commit_pb.ts";
import * as grpc from "../grpc.ts";
import * as services from "../services.ts";

const isMessage = (each: unknown): each is DescMessage =>
  typeof each === "object" && each !== null && "kind" in each && each.kind === "message";

/** Every type of messages that `proto/` declares. */
export const allMessages: readonly DescMessage[] = [services, log, ...Object.values(grpc)]
  .flatMap((module): unknown[] => Object.values(module))
  .filter(isMessage);
