/** A movable name for a revision, for instance `production`. */
export interface Label {
  /** Unique among the session's labels. */
  readonly name: string;
  /** The revision that it stands on. */
  readonly revision: number;
  /** It is moved or deleted only by a request that says so. */
  readonly protected: boolean;
  readonly description: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
}
