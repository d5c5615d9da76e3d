import { isTensor, ShapeError, within, type CacheShape, type ForwardOptions, type Module } from '@cloze/core';
import { notMergeable, type AdapterLayer } from './adapter-layer.ts';
import { withPrompt } from './prompted-embedding.ts';
import { tokenTableOf } from './token-table.ts';
import { behind, withVirtualTokens, type NamedInputs } from './virtual-inputs.ts';
import { ofText, type NamedOutputs } from './virtual-outputs.ts';
import type { VirtualTokens } from './virtual-tokens.ts';

/** A model of token ids as a prompt sees it: named tensors in, named tensors out. */
export interface TokenModel extends Module {
  /** Of language models. */
  readonly cacheShape?: CacheShape;
  forward(inputs: NamedInputs, options?: ForwardOptions): NamedOutputs;
}

/** What stands before the text. */
export interface Prompt {
  readonly vectors: VirtualTokens;
  /** n. There may be more vectors; the first n count. */
  readonly numVirtualTokens: number;
}

/**
 * A model that reads trained vectors before every text, as if they were the embeddings of tokens. Positions count from the first of them, and a head that
 * looks at the first token looks at it.
 *
 * Outputs are those for the text, as of any model; {@link withVirtualOutputs} adds the others. Only `keyValues` begin with those of the virtual tokens, so
 * that a cache holds them: with a cache they are not read again.
 *
 * @see Lester et al. 2021, "The Power of Scale for Parameter-Efficient Prompt Tuning", section 2. <https://arxiv.org/abs/2104.08691>
 */
export class PromptedModel implements TokenModel, AdapterLayer {
  readonly prompt: VirtualTokens;
  readonly base: TokenModel;
  readonly numVirtualTokens: number;
  readonly cacheShape?: CacheShape;

  constructor(base: TokenModel, { vectors, numVirtualTokens }: Prompt) {
    this.prompt = vectors;
    this.base = base;
    this.numVirtualTokens = numVirtualTokens;
    if (base.cacheShape !== undefined) this.cacheShape = withFewerPositions(base.cacheShape, numVirtualTokens);
  }

  /** @throws {ShapeError} as the model itself, and for inputs that cannot stand behind virtual tokens. */
  forward(inputs: NamedInputs, options: ForwardOptions = {}): NamedOutputs {
    const { base, numVirtualTokens } = this;
    const below = within(options, 'base');
    if (inputs['cache'] !== undefined) return base.forward(continued(inputs, numVirtualTokens), below);
    const given = withVirtualTokens(inputs, { numVirtualTokens, firstId: tokenTableOf(base).numTokens });
    const outputs = withPrompt(base, this, options).forward(given, below);
    const numTokens = isTensor(given['inputIds']) ? (given['inputIds'].shape.at(-1) ?? 0) : 0;
    const counts = { numVirtualTokens, numTokens };
    if (given['predictionPositions'] === undefined) return ofText(outputs, counts);
    // Scores that were asked for at some positions are all of the text.
    const { logits, ...others } = outputs;
    return { ...ofText(others, counts), logits };
  }

  merged(): never {
    throw notMergeable('Prompts', 'they are tokens, not weights');
  }
}

/** How many tokens are left for a text. */
export function withFewerPositions(shape: CacheShape, numVirtualTokens: number): CacheShape {
  return { ...shape, maxPositions: shape.maxPositions - numVirtualTokens };
}

/** The virtual tokens are in the cache. */
function continued({ positionIds, ...inputs }: NamedInputs, numVirtualTokens: number): NamedInputs {
  if (isTensor(positionIds)) return { ...inputs, positionIds: behind(positionIds, numVirtualTokens) };
  throw new ShapeError({
    message: 'A model with virtual tokens must be given positionIds with a cache.',
    hint: 'Count the tokens of the text only.',
  });
}
