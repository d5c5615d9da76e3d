import type * as tf from '@tensorflow/tfjs';
import {
  causalBias,
  FusedSelfAttention,
  LayerNorm,
  normal,
  paddingBias,
  prefixBias,
  shapeOf,
  ShapeError,
  TransformerLayer,
  within,
  type BlankInfillingInputs,
  type CausalHiddenStates,
  type ForwardOptions,
  type KeyValues,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { GlmConfig } from './config.ts';
import { GlmEmbeddings } from './embeddings.ts';

/**
 * GLM without a head: a stack of GPT-2's pre-norm layers that reads part A from both sides and part B from left to right.
 *
 * @see Du et al. 2022, "GLM: General Language Model Pretraining with Autoregressive Blank Infilling". <https://arxiv.org/abs/2103.10360>
 */
export class GlmModel implements Module {
  readonly embeddings: GlmEmbeddings;
  readonly layers: readonly TransformerLayer[];
  readonly finalNorm: LayerNorm;
  readonly config: GlmConfig;

  constructor(config: GlmConfig, source: ParameterSource) {
    const { hiddenSize, numLayers, layerNormEpsilon } = config;
    this.embeddings = new GlmEmbeddings(config, source.at('embeddings'));
    this.layers = Array.from({ length: numLayers }, (_, index) => createLayer(config, source.at('layers', index)));
    this.finalNorm = new LayerNorm(hiddenSize, layerNormEpsilon, source.at('finalNorm'));
    this.config = config;
  }

  /** @throws {ShapeError} when the inputs contradict each other, or when positions are missing or too many. */
  forward(inputs: BlankInfillingInputs, options: ForwardOptions = {}): CausalHiddenStates {
    checkInputs(inputs, this.config.maxPositions);
    const bias = attentionBias(inputs); // [B or 1, 1, T or 1, S + T], or undefined: all is seen by all
    let hidden = this.embeddings.forward(inputs, within(options, 'embeddings')); // [B, T, D]
    const hiddenStates = [hidden];
    const keyValues: KeyValues[] = [];
    this.layers.forEach((layer, index) => {
      const cache = inputs.cache?.[index];
      const result = layer.forward(hidden, { bias, cache, ...within(options, 'layers', index) });
      hidden = result.output;
      hiddenStates.push(hidden);
      keyValues.push(result.keyValues);
    });
    const lastHiddenState = this.finalNorm.forward(hidden);
    return { lastHiddenState, hiddenStates: [...hiddenStates.slice(0, -1), lastHiddenState], keyValues };
  }
}

function createLayer(config: GlmConfig, source: ParameterSource): TransformerLayer {
  const { hiddenSize, numHeads, numLayers, attentionDropout, initializerRange } = config;
  const initializer = normal(initializerRange);
  // As in GPT-2: keeps the variance of the sum of 2 * numLayers blocks constant.
  const outputInitializer = normal(initializerRange / Math.sqrt(2 * numLayers));
  const attention = { hiddenSize, numHeads, attentionDropout, initializer, outputInitializer };
  return new TransformerLayer(
    {
      hiddenSize,
      intermediateSize: 4 * hiddenSize,
      activation: 'geluTanh',
      normPosition: 'before',
      layerNormEpsilon: config.layerNormEpsilon,
      hiddenDropout: config.hiddenDropout,
      initializer,
      outputInitializer,
    },
    (below) => new FusedSelfAttention(attention, below),
    source,
  );
}

/** With a cache, all tokens are part B and what came before them is in the cache. */
function attentionBias({ inputIds, sep, attentionMask, cache }: BlankInfillingInputs): tf.Tensor | undefined {
  const length = inputIds.shape[1] ?? 1;
  if (cache !== undefined) return causalBias(length, capacityOf(cache), attentionMask);
  if (sep !== undefined) return prefixBias(length, sep, attentionMask);
  return attentionMask && paddingBias(attentionMask);
}

function capacityOf(cache: readonly KeyValues[]): number {
  return cache[0]?.key.shape[2] ?? 0;
}

function checkInputs(inputs: BlankInfillingInputs, maxPositions: number): void {
  const { inputIds, attentionMask, positionIds, blockPositionIds, sep, cache } = inputs;
  const [, length] = shapeOf(inputIds, 2, 'GlmModel: inputIds');
  if (sep !== undefined && cache !== undefined) {
    throw new ShapeError({
      message: 'GlmModel: with a cache there must be no sep, because part A is in the cache.',
      hint: 'Leave sep out.',
    });
  }
  if ((sep ?? cache) !== undefined && (positionIds === undefined || blockPositionIds === undefined)) {
    throw new ShapeError({
      message: `GlmModel: with ${sep === undefined ? 'a cache' : 'sep'}, positionIds and blockPositionIds must be given.`,
      hint: 'Part B has the position of its mask; joinPieces makes both.',
    });
  }
  if (positionIds === undefined && length > maxPositions) {
    throw new ShapeError({
      message: `GlmModel: a text must have at most ${maxPositions} tokens, got ${length}.`,
      hint: 'Shorten the text, or use a model with more positions.',
    });
  }
  if (cache !== undefined && attentionMask === undefined) {
    throw new ShapeError({
      message: 'GlmModel: with a cache, attentionMask must be given.',
      hint: 'The mask says which of the slots are filled.',
    });
  }
  const numColumns = (cache === undefined ? 0 : capacityOf(cache)) + length;
  if (attentionMask !== undefined && attentionMask.shape[1] !== numColumns) {
    throw new ShapeError({
      message: `GlmModel: attentionMask must have ${numColumns} columns (cache and tokens), got [${attentionMask.shape.join(', ')}].`,
      hint: 'Give one column per cached slot and per token.',
    });
  }
}
