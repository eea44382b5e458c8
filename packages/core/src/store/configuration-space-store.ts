import type { ConfigurationSpace } from "../configuration-space/configuration-space.ts";
import type { ValueRecord } from "../payload.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Updates } from "./variable-store.ts";
import type { DeleteOptions, Receipt, SetOptions, WriteOptions, Written } from "./write.ts";

/** The part of a store that deals with configuration spaces: groups of variables that are read, searched and set as one. */
export interface ConfigurationSpaceStore {
  /**
   * Stores or replaces a space. Rejects with `not_found` where a variable is unknown, or where a version is expected of a space that
   * is not there yet, and with `version_mismatch`.
   */
  putConfigurationSpace(session: string, space: SpaceSpec, options?: SetOptions): Promise<SpacePut>;
  getConfigurationSpace(session: string, name: string): Promise<ConfigurationSpace>;
  /** Lists spaces, oldest first. */
  listConfigurationSpaces(session: string, options?: ListSpacesOptions): Promise<SpacePage>;
  /** Deletes a space; its variables stay. */
  deleteConfigurationSpace(session: string, name: string, options?: DeleteOptions): Promise<Receipt>;
  /** Reads the values of a space's variables, all as they were at one revision. */
  getConfiguration(session: string, name: string): Promise<ConfigurationRead>;
  /**
   * Sets the values of a space's variables in one commit: all of them or none. Rejects with `invalid_argument` where a
   * value is missing or is of a variable outside the space, and as `setVariables` does.
   */
  applyConfiguration(
    session: string,
    name: string,
    values: Updates,
    options?: ApplyOptions,
  ): Promise<ConfigurationApplied>;
  /**
   * Draws configurations at random from what the variables' constraints and the session's rules allow. Changes nothing.
   * Derived and read-only variables keep their values. Rejects with `unbounded_space` where the constraints of a
   * variable leave no finite region to draw from.
   */
  sampleConfigurations(session: string, name: string, options?: SampleOptions): Promise<ConfigurationsSampled>;
}

/** A space to store. */
export interface SpaceSpec {
  /** 1 to 255 characters without control characters or `/`. */
  readonly name: string;
  /** Ids or names, at least one and none twice. */
  readonly variables: readonly string[];
  readonly description?: string;
  readonly metadata?: ValueRecord;
}

/** Receipt of a space that was stored. */
export interface SpacePut extends Receipt {
  readonly space: ConfigurationSpace;
}

/** Which spaces to list. */
export interface ListSpacesOptions extends PageOptions {
  /** A glob over names. */
  readonly pattern?: string;
}

/** One page of spaces, all as they were at `revision`. */
export interface SpacePage extends Page<ConfigurationSpace> {
  readonly revision: number;
}

/** Values by variable name. */
export type Configuration = ValueRecord;

/** The present values of a space's variables, all as they were at `revision`. */
export interface ConfigurationRead {
  readonly values: Configuration;
  /** The space's version. */
  readonly version: number;
  readonly revision: number;
}

/** How a configuration is applied. */
export interface ApplyOptions extends WriteOptions {
  /** Leave variables that are not named as they are, instead of refusing. */
  readonly allowIncomplete?: boolean;
  /** Refuse with `version_mismatch` unless the space has this version. */
  readonly expectedVersion?: number;
  /** Answer as if it were done, but change nothing. */
  readonly validateOnly?: boolean;
}

/** Receipt of a configuration that was applied, in one commit. */
export interface ConfigurationApplied extends Receipt {
  /** By the ref that was sent. */
  readonly applied: ReadonlyMap<string, Written>;
  /** The space's version now. */
  readonly version: number;
}

/** How many configurations to draw, and from which seed. */
export interface SampleOptions {
  /** How many; 1 to 1000, 1 unless given. */
  readonly count?: number;
  /** A whole number below 2^53. The same seed gives the same configurations for the same constraints and rules. */
  readonly seed?: number;
}

/** Configurations that the constraints and rules allow as of `revision`; the same seed draws them again. */
export interface ConfigurationsSampled {
  /** As many as asked for, or fewer where the rules refuse nearly everything. */
  readonly configurations: readonly Configuration[];
  readonly seed: number;
  readonly revision: number;
}
