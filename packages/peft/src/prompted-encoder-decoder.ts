import * as tf from '@tensorflow/tfjs';
import {
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
} from '@cloze/core';
import { notMergeable, type AdapterLayer } from './adapter-layer.ts';
import { withPrompt } from './prompted-embedding.ts';
import { withFewerPositions, type Prompt } from './prompted-model.ts';
import { tokenTableOf } from './token-table.ts';
import { preceded } from './virtual-inputs.ts';
import type { VirtualTokens } from './virtual-tokens.ts';

/**
 * An encoder-decoder whose encoder reads trained vectors before every source. The decoder attends to them, and writes as ever: the encoder's outputs are
 * longer than the source, those of the decoder are not.
 */
export class PromptedEncoderDecoder implements EncoderDecoderModel, AdapterLayer {
  readonly prompt: VirtualTokens;
  readonly base: EncoderDecoderModel;
  readonly numVirtualTokens: number;
  readonly cacheShape: CacheShape;
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;

  constructor(base: EncoderDecoderModel, { vectors, numVirtualTokens }: Prompt) {
    this.prompt = vectors;
    this.base = base;
    this.numVirtualTokens = numVirtualTokens;
    this.cacheShape = withFewerPositions(base.cacheShape, numVirtualTokens);
    this.decoderStartTokenId = base.decoderStartTokenId;
    this.padTokenId = base.padTokenId;
  }

  encode(inputs: EncoderInputs, options: ForwardOptions = {}): EncoderOutputs {
    return withPrompt(this.base, this, options).encode(this.prompted(inputs), within(options, 'base'));
  }

  crossKeyValues(encoderLastHiddenState: tf.Tensor, options: ForwardOptions = {}): readonly KeyValues[] {
    return this.base.crossKeyValues(encoderLastHiddenState, within(options, 'base'));
  }

  decode(inputs: DecoderInputs, options: ForwardOptions = {}): CausalOutputs {
    const encoderAttentionMask = inputs.encoderAttentionMask && this.precededByOnes(inputs.encoderAttentionMask);
    return this.base.decode({ ...inputs, encoderAttentionMask }, within(options, 'base'));
  }

  forward(inputs: EncoderDecoderInputs, options: ForwardOptions = {}): EncoderDecoderOutputs {
    const given = { ...inputs, ...this.prompted(inputs) };
    return withPrompt(this.base, this, options).forward(given, within(options, 'base'));
  }

  merged(): never {
    throw notMergeable('Prompts', 'they are tokens, not weights');
  }

  private prompted({ inputIds, attentionMask }: EncoderInputs): EncoderInputs {
    const firstId = tokenTableOf(this.base).numTokens;
    return {
      inputIds: preceded(inputIds, tf.range(firstId, firstId + this.numVirtualTokens, 1, 'int32')),
      attentionMask: attentionMask && this.precededByOnes(attentionMask),
    };
  }

  private precededByOnes(mask: tf.Tensor): tf.Tensor {
    return preceded(mask, tf.ones([this.numVirtualTokens]));
  }
}
