import { TokenizerError } from '../errors.ts';
import { codePointWidth } from '../normalized-string.ts';
import type { Unigram } from './unigram.ts';

/** One way to cut a word into pieces. */
export interface Segmentation {
  readonly ids: readonly number[];
  /** Sum of the log probabilities of the pieces, nats. */
  readonly score: number;
}

/** A piece that can stand in a word, at [start, end). */
interface Edge {
  readonly start: number;
  readonly end: number;
  readonly id: number;
  readonly score: number;
}

/**
 * The `count` most likely segmentations of a word, the best first.
 *
 * @throws {TokenizerError} `USAGE` when the word has unknown characters and the model no unknown token.
 * @see Kudo 2018, "Subword Regularization", section 3.2. <https://arxiv.org/abs/1804.10959>
 */
export function bestSegmentations(model: Unigram, word: string, count: number): Segmentation[] {
  const best: Segmentation[][] = Array.from({ length: word.length + 1 }, () => []);
  best[0] = [{ ids: [], score: 0 }];
  const incoming = edgesByEnd(model, word);
  for (const [end, edges] of incoming.entries()) {
    if (edges.length === 0) continue;
    const candidates = edges.flatMap((edge) =>
      (best[edge.start] ?? []).map(({ ids, score }) => ({ ids: [...ids, edge.id], score: score + edge.score })),
    );
    best[end] = candidates.sort((a, b) => b.score - a.score).slice(0, count);
  }
  return best[word.length] ?? [];
}

/**
 * Draws a segmentation of a word with a probability in proportion to its likelihood to the power of `alpha`.
 *
 * @param random Uniform in [0, 1), one call per piece.
 * @param alpha 1 = as likely as the model says, 0 = all alike.
 * @throws {TokenizerError} `USAGE` when the word has unknown characters and the model no unknown token.
 * @see Kudo 2018, "Subword Regularization", section 3.2. <https://arxiv.org/abs/1804.10959>
 */
export function sampleSegmentation(
  model: Unigram,
  word: string,
  { random, alpha = 1 }: { readonly random: () => number; readonly alpha?: number },
): Segmentation {
  const incoming = edgesByEnd(model, word);
  // Log of the summed weight of all ways to each place.
  const totals = new Float64Array(word.length + 1).fill(-Infinity);
  totals[0] = 0;
  const weightOf = (edge: Edge): number => (totals[edge.start] ?? -Infinity) + alpha * edge.score;
  for (const [end, edges] of incoming.entries()) {
    if (edges.length === 0) continue;
    const weights = edges.map(weightOf);
    const largest = Math.max(...weights);
    totals[end] = largest + Math.log(weights.reduce((sum, weight) => sum + Math.exp(weight - largest), 0));
  }
  const ids: number[] = [];
  let score = 0;
  for (let end = word.length; end > 0;) {
    const edges = incoming[end] ?? [];
    let left = random();
    let chosen = edges.at(-1);
    for (const edge of edges) {
      left -= Math.exp(weightOf(edge) - (totals[end] ?? 0));
      if (left < 0) {
        chosen = edge;
        break;
      }
    }
    if (chosen === undefined) break;
    ids.push(chosen.id);
    score += chosen.score;
    end = chosen.start;
  }
  return { ids: ids.reverse(), score };
}

function edgesByEnd(model: Unigram, word: string): Edge[][] {
  const edges: Edge[][] = Array.from({ length: word.length + 1 }, () => []);
  for (let start = 0; start < word.length;) {
    const next = start + codePointWidth(word, start);
    let hasSingle = false;
    let end = start + 1;
    for (
      let node = model.trie.first(word.charCodeAt(start));
      node !== -1;
      node = end < word.length ? model.trie.next(node, word.charCodeAt(end++)) : -1
    ) {
      const id = model.trie.valueAt(node);
      if (id === -1) continue;
      edges[end]?.push({ start, end, id, score: model.scores[id] ?? 0 });
      if (end === next) hasSingle = true;
    }
    if (!hasSingle) {
      if (model.unknownId === undefined) {
        throw new TokenizerError('USAGE', 'a model without an unknown token must know every character', {
          actual: `the word ${JSON.stringify(word.slice(0, 60))}`,
        });
      }
      edges[next]?.push({ start, end: next, id: model.unknownId, score: model.unknownScore });
    }
    start = next;
  }
  return edges;
}
