import type { Graph } from '../graph.ts';
import { shareCommonSubexpressions } from './common-subexpressions.ts';
import { foldConstants } from './fold-constants.ts';
import {
  makeUniformConstants,
  mergeReshapes,
  mergeTransposes,
  removeNeutralElements,
  removeNoOps,
  shrinkUniformOperands,
  skipBroadcasts,
} from './no-ops.ts';
import { addBiasInProducts, foldIntoProducts, gatherBeforeProducts, scaleProducts } from './products.ts';
import { rewrite, withoutDeadCode } from './rewrite.ts';
import { addSegmentsInPlace, concatenatePaddedSums, sumSquares } from './sums.ts';

const CLEAN_UP = [
  makeUniformConstants,
  removeNoOps,
  removeNeutralElements,
  mergeReshapes,
  mergeTransposes,
  shrinkUniformOperands,
  skipBroadcasts,
  foldConstants,
];
const COMBINE = [
  concatenatePaddedSums,
  addSegmentsInPlace,
  sumSquares,
  scaleProducts,
  foldIntoProducts,
  addBiasInProducts,
  gatherBeforeProducts,
];

/** The most rounds before a graph counts as simple enough; each removes a layer of nesting, and two suffice in practice. */
const MAX_ROUNDS = 6;

/** Makes a graph smaller and cheaper without changing what it computes, apart from the rounding of factors that move into products. */
export function simplify(graph: Graph): Graph {
  let current = withoutDeadCode(graph);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const cleaned = shareCommonSubexpressions(rewrite(current, CLEAN_UP));
    const next = rewrite(cleaned, [...CLEAN_UP, ...COMBINE]);
    const isStable = next.nodes.length === current.nodes.length;
    current = next;
    if (isStable) break;
  }
  return current;
}
