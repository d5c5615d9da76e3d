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
export type Unit =
  { readonly kind: 'loop'; readonly members: readonly Member[] } | { readonly kind: 'node'; readonly node: GraphNode };

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
  const producersIn = (values: readonly Value[]): number[] => [
    ...new Set(values.map(producerIndex).filter((producer) => producer !== undefined)),
  ];
  const dependencies = graph.nodes.map((node, position) =>
    producersIn(parts[position]?.operands.map(({ value }) => rootOf(value, producers)) ?? node.inputs),
  );
  const reach = new Reachability(dependencies);
  const clusters: Cluster[] = graph.nodes.map((_, position) => ({ members: [position] }));

  graph.nodes.forEach((_, position) => {
    const part = parts[position];
    if (part === undefined) return;
    for (const { value, input } of part.operands) {
      const root = rootOf(value, producers);
      const producer = producerIndex(root);
      const producerPart = producer === undefined ? undefined : parts[producer];
      if (producer === undefined || producerPart === undefined || !isSameFrame(producerPart.frame, part.frame))
        continue;
      const output = graph.nodes[producer]?.outputs.indexOf(root) ?? -1;
      if (producerPart.outputs[output] !== input.layout) continue;
      const [own, other] = [clusters[position], clusters[producer]];
      if (own === undefined || other === undefined || own === other) continue;
      const members = [...own.members, ...other.members].sort((a, b) => a - b);
      const operands = new Set(
        members.flatMap((member) => parts[member]?.operands.map((operand) => operand.value) ?? []),
      );
      if (members.length > MAX_MEMBERS || operands.size > MAX_OPERANDS + members.length) continue;
      if (!reach.tryToMerge(members)) continue;
      const merged = { members };
      for (const member of members) clusters[member] = merged;
    }
  });
  // A node that stays alone reads its inputs as they are, not what stands behind their reshapes.
  const waitsFor = graph.nodes.map((node, position) =>
    clusters[position]?.members.length === 1 ? producersIn(node.inputs) : (dependencies[position] ?? []),
  );
  return order(graph, { clusters, parts, dependencies: waitsFor });
}

/** The value behind reshapes that keep the last axis: the same rows and columns in the same memory. */
export function rootOf(value: Value, producers: ReadonlyMap<Value, GraphNode>): Value {
  const producer = producers.get(value);
  const source = producer?.kernel === 'Reshape' ? producer.inputs[0] : undefined;
  return source !== undefined && source.shape.length > 0 && source.shape.at(-1) === value.shape.at(-1)
    ? rootOf(source, producers)
    : value;
}

/** Positions of nodes in the graph, ascending. Identity matters: the members of a loop share one. */
interface Cluster {
  readonly members: readonly number[];
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
    for (const member of cluster.members)
      for (const dependency of dependencies[member] ?? []) visit(clusters[dependency]);
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

/** Which nodes wait for which, when the members of a loop count as one node: that is why two loops never wait for each other. */
class Reachability {
  readonly #ancestors: readonly Bits[];
  readonly #descendants: readonly Bits[];
  readonly #numWords: number;

  constructor(dependencies: readonly (readonly number[])[]) {
    this.#numWords = Math.ceil(dependencies.length / 32);
    this.#ancestors = dependencies.map((_, node) => this.#setOf([node]));
    this.#descendants = dependencies.map((_, node) => this.#setOf([node]));
    const sources = dependencies.map((list, node) => ({ list, node }));
    // Producers stand before consumers, so one sweep in each direction closes the relation.
    for (const { list, node } of sources)
      for (const source of list) include(this.#ancestors[node], this.#ancestors[source]);
    for (const { list, node } of sources.toReversed()) {
      for (const source of list) include(this.#descendants[source], this.#descendants[node]);
    }
  }

  /** Lets nodes count as one, unless some other node stands between them. */
  tryToMerge(members: readonly number[]): boolean {
    const own = this.#setOf(members);
    const before = this.#unionOf(this.#ancestors, members);
    const after = this.#unionOf(this.#descendants, members);
    if (before.some((bits, word) => (bits & (after[word] ?? 0) & ~(own[word] ?? 0)) !== 0)) return false;
    // Whoever stands before one member now stands before all that come after any, and the reverse.
    this.#ancestors.forEach((ancestors, node) => {
      if (contains(after, node)) include(ancestors, before);
    });
    this.#descendants.forEach((descendants, node) => {
      if (contains(before, node)) include(descendants, after);
    });
    return true;
  }

  #setOf(nodes: readonly number[]): Bits {
    const set = new Uint32Array(this.#numWords);
    for (const node of nodes) set[node >>> 5] = (set[node >>> 5] ?? 0) | (1 << (node & 31));
    return set;
  }

  #unionOf(sets: readonly Bits[], nodes: readonly number[]): Bits {
    const union = new Uint32Array(this.#numWords);
    for (const node of nodes) include(union, sets[node]);
    return union;
  }
}

/** A plain loop: this is the inner loop of {@link clusterGraph}. */
function include(set: Bits | undefined, other: Bits | undefined): void {
  if (set === undefined || other === undefined) return;
  for (let word = 0; word < set.length; word++) set[word] = (set[word] ?? 0) | (other[word] ?? 0);
}

function contains(set: Bits, node: number): boolean {
  return ((set[node >>> 5] ?? 0) & (1 << (node & 31))) !== 0;
}
