import type { DescService } from "@bufbuild/protobuf";

/** Those of a server's services that are Trimtab's own. */
export const ofApi = (services: readonly DescService[]): readonly DescService[] =>
  services.filter(({ typeName }) => typeName.startsWith("trimtab."));
