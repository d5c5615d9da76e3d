import * as tf from '@tensorflow/tfjs';
import {
  Linear,
  within,
  type CacheShape,
  type CausalOutputs,
  type DecoderInputs,
  type EncoderDecoderInputs,
  type EncoderDecoderModel,
  type EncoderDecoderOutputs,
  type EncoderInputs,
  type EncoderOutputs,
  type ForwardOptions,
  type KeyValues,
  type LinearLayer,
  type ParameterSource,
} from '@cloze/core';
import type { T5Config } from './config.ts';
import { fanNormal } from './initializers.ts';
import { T5Model } from './model.ts';

/**
 * T5 with its language modeling head: scores by the token embeddings (v1.0), or by a projection of its own (v1.1).
 *
 * That projection starts at D^-0.5, as in the authors' Mesh TensorFlow. Hugging Face starts it at 1, which makes the first logits sqrt(D) too large.
 *
 * @see mesh_tensorflow/layers.py, `VarianceScalingInitializer`.
 *   <https://github.com/tensorflow/mesh/blob/05291764ecc18bd6a97970cc886938d0952476e8/mesh_tensorflow/layers.py>
 */
export class T5ForConditionalGeneration implements EncoderDecoderModel {
  readonly model: T5Model;
  /** Undefined where the token embeddings are the projection. */
  readonly head: LinearLayer | undefined;
  /** Factor of the hidden states before the projection. */
  readonly outputScale: number;
  readonly cacheShape: CacheShape;
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;

  constructor(config: T5Config, source: ParameterSource) {
    const { hiddenSize, vocabSize, numDecoderLayers: numLayers, numHeads, headSize, maxPositions } = config;
    this.model = new T5Model(config, source.at('model'));
    this.head = config.isTied
      ? undefined
      : new Linear(hiddenSize, vocabSize, source.at('head'), {
          hasBias: false,
          initializer: fanNormal(config, hiddenSize),
        });
    this.outputScale = config.scalesOutput ? hiddenSize ** -0.5 : 1;
    this.cacheShape = { numLayers, numHeads, headSize, maxPositions, vocabSize };
    this.decoderStartTokenId = config.decoderStartTokenId;
    this.padTokenId = config.padTokenId;
  }

  /** @throws {ShapeError} see `T5Encoder`. */
  encode(inputs: EncoderInputs, options: ForwardOptions = {}): EncoderOutputs {
    return this.model.encode(inputs, within(options, 'model'));
  }

  crossKeyValues(encoderLastHiddenState: tf.Tensor, options: ForwardOptions = {}): readonly KeyValues[] {
    return this.model.crossKeyValues(encoderLastHiddenState, within(options, 'model'));
  }

  /** @throws {ShapeError} see `T5Decoder`, which also says what a cache requires. */
  decode(inputs: DecoderInputs, options: ForwardOptions = {}): CausalOutputs {
    const outputs = this.model.decode(inputs, within(options, 'model'));
    return { ...outputs, logits: logitsOf(this, outputs.lastHiddenState, options) };
  }

  /** @throws {ShapeError} when a mask has another number of columns than its ids. */
  forward(inputs: EncoderDecoderInputs, options: ForwardOptions = {}): EncoderDecoderOutputs {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    return { ...outputs, logits: logitsOf(this, outputs.lastHiddenState, options) };
  }
}

/** [B, T, D] -> [B, T, V]. */
function logitsOf(
  { model, head, outputScale }: T5ForConditionalGeneration,
  lastHiddenState: tf.Tensor,
  options: ForwardOptions,
): tf.Tensor {
  const scaled = tf.mul(lastHiddenState, outputScale);
  return head === undefined ? model.tokenEmbedding.project(scaled) : head.forward(scaled, within(options, 'head'));
}
