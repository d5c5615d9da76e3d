import type { Graph, GraphNode, Value } from '../graph.ts';
import { producersOf } from '../graph.ts';
import { fusiblePartOf, type FusiblePart } from './fusible.ts';
import { isSameFrame } from './operand-layout.ts';

/** A node with its part in a loop. */
export interface Member {
  readonly node: GraphNode;
  readonly part: FusiblePart;
}

/** Nodes that run together: members of one loop, or a single node that stays as it is. */
export type Unit = { readonly kind: 'loop'; readonly members: readonly Member[] } | { readonly kind: 'node'; readonly node: GraphNode };

/** More members only press on the registers. */
const MAX_MEMBERS = 40;
const MAX_OPERANDS = 24;

/**
 * Divides a graph into loops and single nodes, in an order in which they can run.
 *
 * Each fusible node joins the loops of its producers, as long as the loop stays convex: no path may leave a loop and come back, because then the
 * loop would have to wait for itself.
 */
export function clusterGraph(graph: Graph): Unit[] {
  const producers = producersOf(graph.nodes);
  const index = new Map(graph.nodes.map((node, position) => [node, position]));
  const parts = graph.nodes.map(fusiblePartOf);
  const producerIndex = (value: Value): number | undefined => {
    const producer = producers.get(value);
    return producer && index.get(producer);
  };
  const dependencies = graph.nodes.map((node, position) => {
    const values = parts[position]?.operands.map(({ value }) => rootOf(value, producers)) ?? node.inputs;
    return [...new Set(values.map(producerIndex).filter((producer) => producer !== undefined))];
  });
  const reach = new Reachability(dependencies);
  const clusters = graph.nodes.map((_, position) => new Cluster(position, reach));

  graph.nodes.forEach((_, position) => {
    const part = parts[position];
    if (part === undefined) return;
    for (const { value, input } of part.operands) {
      const root = rootOf(value, producers);
      const producer = producerIndex(root);
      const producerPart = producer === undefined ? undefined : parts[producer];
      if (producer === undefined || producerPart === undefined || !isSameFrame(producerPart.frame, part.frame)) continue;
      const output = graph.nodes[producer]?.outputs.indexOf(root) ?? -1;
      if (producerPart.outputs[output] !== input.layout) continue;
      const [own, other] = [clusters[position], clusters[producer]];
      if (own === undefined || other === undefined || own === other) continue;
      const merged = own.merge(other);
      const operands = new Set(merged.members.flatMap((member) => parts[member]?.operands.map((operand) => operand.value) ?? []));
      if (!merged.isConvex() || merged.members.length > MAX_MEMBERS || operands.size > MAX_OPERANDS + merged.members.length) continue;
      for (const member of merged.members) clusters[member] = merged;
    }
  });
  return order(graph, { clusters, parts, dependencies });
}

/** The value behind reshapes that keep the last axis: the same rows and columns in the same memory. */
export function rootOf(value: Value, producers: ReadonlyMap<Value, GraphNode>): Value {
  const producer = producers.get(value);
  const source = producer?.kernel === 'Reshape' ? producer.inputs[0] : undefined;
  return source !== undefined && source.shape.length > 0 && source.shape.at(-1) === value.shape.at(-1) ? rootOf(source, producers) : value;
}

interface Clustering {
  readonly clusters: readonly Cluster[];
  readonly parts: readonly (FusiblePart | undefined)[];
  readonly dependencies: readonly (readonly number[])[];
}

/** Emits each cluster after everything that its members wait for. */
function order(graph: Graph, { clusters, parts, dependencies }: Clustering): Unit[] {
  const units: Unit[] = [];
  const done = new Set<Cluster>();
  const visit = (cluster: Cluster | undefined): void => {
    if (cluster === undefined || done.has(cluster)) return;
    done.add(cluster);
    for (const member of cluster.members) for (const dependency of dependencies[member] ?? []) visit(clusters[dependency]);
    const members = cluster.members.flatMap((member): Member[] => {
      const [node, part] = [graph.nodes[member], parts[member]];
      return node !== undefined && part !== undefined ? [{ node, part }] : [];
    });
    const [first] = cluster.members;
    const node = first === undefined ? undefined : graph.nodes[first];
    if (members.length > 0) units.push({ kind: 'loop', members });
    else if (node !== undefined) units.push({ kind: 'node', node });
  };
  clusters.forEach(visit);
  return units;
}

/** A set of node positions as bits. */
type Bits = Uint32Array;

class Reachability {
  readonly ancestors: readonly Bits[];
  readonly descendants: readonly Bits[];

  constructor(dependencies: readonly (readonly number[])[]) {
    const words = Math.ceil(dependencies.length / 32);
    const ancestors = dependencies.map(() => new Uint32Array(words));
    const descendants = dependencies.map(() => new Uint32Array(words));
    const sources = dependencies.map((list, node) => ({ list, node }));
    // Producers stand before consumers, so one sweep in each direction closes the relation.
    for (const { list, node } of sources) for (const source of list) include(ancestors, node, source);
    for (const { list, node } of sources.toReversed()) for (const source of list) include(descendants, source, node);
    this.ancestors = ancestors;
    this.descendants = descendants;
  }
}

/** Adds `member`, and everything that is in its set, to the set of `node`. */
function include(sets: readonly Bits[], node: number, member: number): void {
  const [own, other] = [sets[node], sets[member]];
  if (own === undefined || other === undefined) return;
  own.forEach((bits, word) => {
    own[word] = bits | (other[word] ?? 0);
  });
  own[member >>> 5] = (own[member >>> 5] ?? 0) | (1 << (member & 31));
}

class Cluster {
  readonly members: readonly number[];
  readonly #reach: Reachability;
  readonly #ancestors: Bits;
  readonly #descendants: Bits;

  constructor(member: number, reach: Reachability, merged?: { members: readonly number[]; ancestors: Bits; descendants: Bits }) {
    this.#reach = reach;
    this.members = merged?.members ?? [member];
    this.#ancestors = merged?.ancestors ?? reach.ancestors[member] ?? new Uint32Array(0);
    this.#descendants = merged?.descendants ?? reach.descendants[member] ?? new Uint32Array(0);
  }

  merge(other: Cluster): Cluster {
    const members = [...this.members, ...other.members].sort((a, b) => a - b);
    const union = (a: Bits, b: Bits): Bits => a.map((bits, word) => bits | (b[word] ?? 0));
    const ancestors = union(this.#ancestors, other.#ancestors);
    const descendants = union(this.#descendants, other.#descendants);
    return new Cluster(members[0] ?? 0, this.#reach, { members, ancestors, descendants });
  }

  /** Whether every node between two members is a member. */
  isConvex(): boolean {
    const between = this.#ancestors.map((bits, word) => bits & (this.#descendants[word] ?? 0));
    for (const member of this.members) between[member >>> 5] = (between[member >>> 5] ?? 0) & ~(1 << (member & 31));
    return between.every((bits) => bits === 0);
  }
}
