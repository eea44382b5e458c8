/** Who writes, as far as what a call says of it may be of a wrong kind. */
export const by = {
  actor: "ada",
  origin: "typescript",
  metadata: { why: "because" },
  requestId: undefined,
  lease: undefined,
  via: undefined,
};
export const page = { pageSize: 10, pageToken: undefined };
export const point = { kind: "revision", revision: 2, atMs: undefined, label: undefined };
