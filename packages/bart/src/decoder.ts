import type * as tf from '@tensorflow/tfjs';
import {
  causalBias,
  paddingBias,
  ShapeError,
  within,
  type CausalHiddenStates,
  type DecoderInputs,
  type Embedding,
  type ForwardOptions,
  type KeyValues,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { BartConfig } from './config.ts';
import { BartDecoderLayer } from './decoder-layer.ts';
import { BartEmbeddings } from './embeddings.ts';

/** Writes the target from left to right, looking at the encoded source. */
export class BartDecoder implements Module {
  readonly embeddings: BartEmbeddings;
  readonly layers: readonly BartDecoderLayer[];

  constructor(config: BartConfig, tokens: Embedding, source: ParameterSource) {
    this.embeddings = new BartEmbeddings(config, tokens, source.at('embeddings'));
    this.layers = Array.from(
      { length: config.decoder.numLayers },
      (_, index) => new BartDecoderLayer(config, source.at('layers', index)),
    );
  }

  /** The keys and values of the source for each layer's cross-attention, each [B, H, S, K]. */
  crossKeyValues(encoderLastHiddenState: tf.Tensor, options: ForwardOptions = {}): KeyValues[] {
    return this.layers.map(({ crossAttention }, index) =>
      crossAttention.keyValuesOf(encoderLastHiddenState, within(options, 'layers', index, 'crossAttention')),
    );
  }

  /**
   * @throws {ShapeError} when the target is longer than the positions, when a layer lacks keys and values of the source, when a cache comes without mask
   *   or positions, or when the mask does not cover cache and target.
   */
  forward(inputs: DecoderInputs, options: ForwardOptions = {}): CausalHiddenStates {
    const { inputIds, attentionMask, positionIds, cache, encoderAttentionMask } = inputs;
    const length = inputIds.shape[1] ?? 0;
    const capacity = cache?.[0]?.key.shape[2] ?? 0;
    checkInputs(inputs, { numLayers: this.layers.length, numSlots: capacity + length });
    const bias = causalBias(length, capacity, attentionMask); // [B or 1, 1, T, capacity + T]
    const crossBias = encoderAttentionMask && paddingBias(encoderAttentionMask); // [B, 1, 1, S]

    let lastHiddenState = this.embeddings.forward(inputIds, positionIds, within(options, 'embeddings')); // [B, T, D]
    const hiddenStates = [lastHiddenState];
    const keyValues: KeyValues[] = [];
    for (const [index, layer] of this.layers.entries()) {
      const result = layer.forward(lastHiddenState, {
        bias,
        cache: cache?.[index],
        crossKeyValues: inputs.crossKeyValues[index],
        crossBias,
        ...within(options, 'layers', index),
      });
      lastHiddenState = result.output;
      hiddenStates.push(lastHiddenState);
      keyValues.push(result.keyValues);
    }
    return { lastHiddenState, hiddenStates, keyValues };
  }
}

function checkInputs(
  { attentionMask, positionIds, cache, crossKeyValues }: DecoderInputs,
  { numLayers, numSlots }: { readonly numLayers: number; readonly numSlots: number },
): void {
  if (crossKeyValues.length !== numLayers) {
    throw new ShapeError({
      message: `BartDecoder: crossKeyValues must have ${numLayers} entries, one per layer, got ${crossKeyValues.length}.`,
      hint: 'Pass what crossKeyValues(encoderLastHiddenState) of the same model returned.',
    });
  }
  if (cache !== undefined && (attentionMask === undefined || positionIds === undefined)) {
    throw new ShapeError({
      message: 'BartDecoder: with a cache, attentionMask and positionIds must be given.',
      hint: 'The mask says which of the slots are filled.',
    });
  }
  if (attentionMask !== undefined && attentionMask.shape[1] !== numSlots) {
    throw new ShapeError({
      message: `BartDecoder: attentionMask must have ${numSlots} columns (cache and tokens), got [${attentionMask.shape.join(', ')}].`,
      hint: 'Give one column per cached slot and per token.',
    });
  }
}
