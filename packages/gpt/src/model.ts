import * as tf from '@tensorflow/tfjs';
import {
  causalBias,
  dropout,
  Embedding,
  FusedSelfAttention,
  LayerNorm,
  normal,
  shapeOf,
  ShapeError,
  TransformerLayer,
  within,
  type CausalHiddenStates,
  type CausalInputs,
  type ForwardOptions,
  type KeyValues,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { GptConfig } from './config.ts';

/**
 * GPT-1 and GPT-2 without a head: token and position embeddings, then a stack of causal transformer layers.
 *
 * @see Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training" (GPT-1).
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners" (GPT-2).
 */
export class GptModel implements Module {
  readonly tokenEmbedding: Embedding;
  readonly positionEmbedding: Embedding;
  readonly layers: readonly TransformerLayer[];
  /** GPT-1 has none: its layers end with a normalization. */
  readonly finalNorm: LayerNorm | undefined;
  readonly config: GptConfig;

  constructor(config: GptConfig, source: ParameterSource) {
    const { vocabSize, maxPositions, hiddenSize, numLayers, layerNormEpsilon } = config;
    const initializer = normal(config.initializerRange);
    this.tokenEmbedding = new Embedding(vocabSize, hiddenSize, source.at('tokenEmbedding'), { initializer });
    this.positionEmbedding = new Embedding(maxPositions, hiddenSize, source.at('positionEmbedding'), { initializer });
    this.layers = Array.from({ length: numLayers }, (_, index) =>
      createLayer(config, index, source.at('layers', index)),
    );
    this.finalNorm =
      config.architecture === 'gpt2' ? new LayerNorm(hiddenSize, layerNormEpsilon, source.at('finalNorm')) : undefined;
    this.config = config;
  }

  /** @throws {ShapeError} when the sequence is longer than the positions, or when a cache comes without mask or positions. */
  forward(inputs: CausalInputs, options: ForwardOptions = {}): CausalHiddenStates {
    const { inputIds, attentionMask, positionIds, cache } = inputs;
    const [, length] = shapeOf(inputIds, 2, 'GptModel: inputIds');
    const capacity = cache === undefined ? 0 : (cache[0]?.key.shape[2] ?? 0);
    checkInputs(inputs, length, capacity, this.config.maxPositions);

    const positions =
      positionIds === undefined
        ? this.positionEmbedding.firstRows(length) // [T, D]
        : this.positionEmbedding.forward(positionIds); // [B, T, D]
    const embedded = tf.add(this.tokenEmbedding.forward(inputIds), positions);
    let hidden = dropout(embedded, this.config.embeddingDropout, within(options, 'embeddings').key); // [B, T, D]
    const bias = causalBias(length, capacity, attentionMask); // [B or 1, 1, T, S + T]

    const hiddenStates = [hidden];
    const keyValues: KeyValues[] = [];
    this.layers.forEach((layer, index) => {
      const result = layer.forward(hidden, { bias, cache: cache?.[index], ...within(options, 'layers', index) });
      hidden = result.output;
      hiddenStates.push(hidden);
      keyValues.push(result.keyValues);
    });
    if (this.finalNorm === undefined) return { lastHiddenState: hidden, hiddenStates, keyValues };
    const lastHiddenState = this.finalNorm.forward(hidden);
    return { lastHiddenState, hiddenStates: [...hiddenStates.slice(0, -1), lastHiddenState], keyValues };
  }
}

function createLayer(config: GptConfig, index: number, source: ParameterSource): TransformerLayer {
  const { hiddenSize, numHeads, numLayers, attentionDropout, initializerRange } = config;
  const isGpt2 = config.architecture === 'gpt2';
  const initializer = normal(initializerRange);
  // GPT-2 keeps the variance of the sum of 2 * numLayers blocks constant; section 2.3.
  const outputInitializer = isGpt2 ? normal(initializerRange / Math.sqrt(2 * numLayers)) : initializer;
  const scale =
    (config.scalesScores ? 1 / Math.sqrt(hiddenSize / numHeads) : 1) / (config.scalesScoresByLayer ? index + 1 : 1);
  const attention = { hiddenSize, numHeads, attentionDropout, scale, initializer, outputInitializer };
  return new TransformerLayer(
    {
      hiddenSize,
      intermediateSize: config.intermediateSize,
      activation: config.activation,
      normPosition: isGpt2 ? 'before' : 'after',
      layerNormEpsilon: config.layerNormEpsilon,
      hiddenDropout: config.hiddenDropout,
      initializer,
      outputInitializer,
    },
    (below) => new FusedSelfAttention(attention, below),
    source,
  );
}

function checkInputs(inputs: CausalInputs, length: number, capacity: number, maxPositions: number): void {
  const { attentionMask, positionIds, cache } = inputs;
  if (length > maxPositions) {
    throw new ShapeError({
      message: `GptModel: a sequence must have at most ${maxPositions} tokens, got ${length}.`,
      hint: 'Shorten the text, or use a model with more positions.',
    });
  }
  if (cache !== undefined && (attentionMask === undefined || positionIds === undefined)) {
    throw new ShapeError({
      message: 'GptModel: with a cache, attentionMask and positionIds must be given.',
      hint: 'The mask says which of the slots are filled.',
    });
  }
  if (attentionMask !== undefined && attentionMask.shape[1] !== capacity + length) {
    throw new ShapeError({
      message: `GptModel: attentionMask must have ${capacity + length} columns (cache and tokens), got [${attentionMask.shape.join(', ')}].`,
      hint: 'Give one column per cached slot and per token.',
    });
  }
}
