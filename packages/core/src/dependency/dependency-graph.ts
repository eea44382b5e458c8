import { emptyTable, layerOver, type Table } from "../layered-map.ts";
import type { DerivedSlot } from "../variable-table.ts";
import { type Adjacency, createAdjacency, emptyAdjacency } from "./adjacency.ts";
import type { Dependency, DependencyKind } from "./dependency.ts";

/**
 * A session's dependencies: a graph without cycles. Every change and every question costs what it reaches and nothing
 * for the rest. Whoever adds an edge makes sure first, with `cycleOf` and `heightAfter`, that it may.
 */
export interface DependencyGraph {
  readonly size: number;
  get(variable: string, dependsOn: string): Dependency | undefined;
  /** What a variable depends on, in the order it was added. */
  dependenciesOf(variable: string): Iterable<Dependency>;
  /** What depends on a variable, in the order it was added. */
  dependentsOf(variable: string): Iterable<Dependency>;
  /** What depends on a variable, in the order it was added, with what following it takes to know. */
  followersOf(variable: string): readonly Crowd[];
  hasDependents(variable: string): boolean;
  dependencyCount(variable: string): number;
  /**
   * Edges on the longest way from a variable to one that depends on nothing. A variable's height is greater than that
   * of everything it depends on, which makes heights an order to compute in.
   */
  heightOf(variable: string): number;
  put(dependency: Dependency): void;
  remove(variable: string, dependsOn: string): void;
  /** Removes a variable with what it depends on; nothing may depend on it any more. */
  removeVariable(variable: string): void;
  all(): Iterable<Dependency>;
  /** A copy to try things on, in constant time. */
  draft(): DependencyGraph;
}

/** Variables of one height that depend on another. */
export interface Crowd {
  readonly height: number;
  /** They depend on nothing else; otherwise there is one of them. */
  readonly isOnly: boolean;
  readonly members: readonly Follower[];
}

/** A variable as one of those that depend on another. */
export interface Follower {
  readonly id: string;
  readonly kind: DependencyKind;
  /** Others depend on it. */
  readonly isFollowed: boolean;
  /** Where it is kept, noted by whoever has looked it up. */
  slot: DerivedSlot | undefined;
}

const noFollowers: readonly Crowd[] = [];

/** Makes a graph without edges. */
export const createDependencyGraph = (): DependencyGraph =>
  new Edges(createAdjacency<Dependency>(), createAdjacency<Dependency>(), { heights: new Map(), size: 0 });

/** A class for its speed, as layers are: a draft of it is made with every write that others follow from. */
class Edges implements DependencyGraph {
  readonly #outgoing: Adjacency<Dependency>;
  readonly #incoming: Adjacency<Dependency>;
  readonly #heights: Table<string, number>;
  /** What this is a draft of, as long as it is no other than that. */
  #below: Edges | undefined;
  /** Of those that were asked for since the last change. */
  #followers: Map<string, readonly Crowd[]> | undefined;
  size: number;

  constructor(
    outgoing: Adjacency<Dependency>,
    incoming: Adjacency<Dependency>,
    { heights, size, below }: { heights: Table<string, number>; size: number; below?: Edges },
  ) {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    this.#heights = heights;
    this.size = size;
    this.#below = below;
  }

  get(variable: string, dependsOn: string): Dependency | undefined {
    return this.#outgoing.at(variable, dependsOn);
  }

  dependenciesOf(variable: string): Iterable<Dependency> {
    return this.#outgoing.from(variable);
  }

  dependentsOf(variable: string): Iterable<Dependency> {
    return this.#incoming.from(variable);
  }

  followersOf(variable: string): readonly Crowd[] {
    if (this.#below !== undefined) return this.#below.followersOf(variable);
    if (!this.hasDependents(variable)) return noFollowers;
    let followers = this.#followers?.get(variable);
    if (followers === undefined) {
      followers = this.#crowdsOf(variable);
      this.#followers ??= new Map();
      this.#followers.set(variable, followers);
    }
    return followers;
  }

  hasDependents(variable: string): boolean {
    return this.#incoming.hasFrom(variable);
  }

  dependencyCount(variable: string): number {
    return this.#outgoing.count(variable);
  }

  heightOf(variable: string): number {
    return this.#heights.get(variable) ?? 0;
  }

  put(dependency: Dependency): void {
    const { variable, dependsOn } = dependency;
    this.#change();
    if (this.#outgoing.at(variable, dependsOn) === undefined) this.size++;
    this.#outgoing.put(variable, dependsOn, dependency);
    this.#incoming.put(dependsOn, variable, dependency);
    if (this.heightOf(dependsOn) >= this.heightOf(variable)) this.#settle(variable);
  }

  remove(variable: string, dependsOn: string): void {
    this.#change();
    this.#cut(variable, dependsOn);
    this.#settle(variable);
  }

  removeVariable(variable: string): void {
    this.#change();
    for (const { dependsOn } of [...this.#outgoing.from(variable)]) this.#cut(variable, dependsOn);
    this.#heights.delete(variable);
  }

  all(): Iterable<Dependency> {
    return this.#outgoing.all();
  }

  draft(): DependencyGraph {
    const { size } = this;
    const heights = layerOver(this.#heights);
    return new Edges(this.#outgoing.draft(), this.#incoming.draft(), { heights, size, below: this });
  }

  #change(): void {
    this.#below = undefined;
    this.#followers = undefined;
  }

  #crowdsOf(followed: string): Crowd[] {
    const crowds: Crowd[] = [];
    let only: Follower[] | undefined;
    for (const { variable: id, kind } of this.dependentsOf(followed)) {
      const follower = { id, kind, isFollowed: this.hasDependents(id), slot: undefined };
      const isOnly = this.dependencyCount(id) === 1;
      if (isOnly && only !== undefined) only.push(follower);
      else {
        const members: Follower[] = [follower];
        crowds.push({ height: this.heightOf(id), isOnly, members });
        only = isOnly ? members : undefined;
      }
    }
    return crowds;
  }

  #cut(variable: string, dependsOn: string): void {
    if (this.#outgoing.at(variable, dependsOn) === undefined) return;
    this.#outgoing.remove(variable, dependsOn);
    this.#incoming.remove(dependsOn, variable);
    this.size--;
  }

  /** Sets heights right from a variable upwards, as far as they change. */
  #settle(start: string): void {
    const pending = [start];
    for (let variable = pending.pop(); variable !== undefined; variable = pending.pop()) {
      let height = 0;
      for (const { dependsOn } of this.#outgoing.from(variable))
        height = Math.max(height, this.heightOf(dependsOn) + 1);
      if (height === this.heightOf(variable)) continue;
      if (height === 0) this.#heights.delete(variable);
      else this.#heights.set(variable, height);
      for (const dependent of this.#incoming.from(variable)) pending.push(dependent.variable);
    }
  }
}

/** The graph without edges, for all that have none. It cannot be written to. */
export const emptyGraph: DependencyGraph = Object.freeze(
  new Edges(emptyAdjacency, emptyAdjacency, { heights: emptyTable, size: 0 }),
);
