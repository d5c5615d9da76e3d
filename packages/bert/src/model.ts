import type * as tf from '@tensorflow/tfjs';
import {
  assert,
  MultiHeadAttention,
  paddingBias,
  shapeOf,
  ShapeError,
  TransformerLayer,
  truncatedNormal,
  within,
  type ForwardOptions,
  type Module,
  type ParameterSource,
  type SequenceInputs,
} from '@cloze/core';
import type { BertConfig } from './config.ts';
import { BertEmbeddings } from './embeddings.ts';
import { BertPooler } from './pooler.ts';

/** What {@link BertModel} makes of sequences. All tensors belong to the caller. */
export interface BertOutputs {
  /** [B, T, D]. */
  readonly lastHiddenState: tf.Tensor;
  /** The embeddings and each layer's output, [B, T, D]; the last is `lastHiddenState`, as in Hugging Face transformers. */
  readonly hiddenStates: readonly tf.Tensor[];
  /** How much each token attends to each, by layer, [B, H, T, T]. Before dropout; Hugging Face transformers returns them after it. */
  readonly attentions: readonly tf.Tensor[];
  /** [B, D], see {@link BertPooler}; undefined for a model without one. */
  readonly poolerOutput: tf.Tensor | undefined;
}

/**
 * BERT without a head: embeddings, then a stack of layers in which every token attends to every other, then the pooler.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 3.
 *   <https://arxiv.org/abs/1810.04805>
 */
export class BertModel implements Module {
  readonly embeddings: BertEmbeddings;
  readonly layers: readonly TransformerLayer[];
  readonly pooler: BertPooler | undefined;
  readonly maxPositions: number;

  /** @param options `hasPooler`: models that judge tokens, not sequences, have none. Default: true. */
  constructor(
    config: BertConfig,
    source: ParameterSource,
    { hasPooler = true }: { readonly hasPooler?: boolean } = {},
  ) {
    this.embeddings = new BertEmbeddings(config, source.at('embeddings'));
    this.layers = Array.from({ length: config.numLayers }, (_, index) =>
      createLayer(config, source.at('layers', index)),
    );
    this.pooler = hasPooler ? new BertPooler(config, source.at('pooler')) : undefined;
    this.maxPositions = config.maxPositions;
  }

  /** @throws {ShapeError} when a sequence is longer than the positions, or when mask or segments have another shape than the ids. */
  forward(inputs: SequenceInputs, options: ForwardOptions = {}): BertOutputs {
    checkInputs(inputs, this.maxPositions);
    const { attentionMask } = inputs;
    const bias = attentionMask === undefined ? undefined : paddingBias(attentionMask); // [B, 1, 1, T]
    let hidden = this.embeddings.forward(inputs, within(options, 'embeddings')); // [B, T, D]
    const hiddenStates = [hidden];
    const attentions: tf.Tensor[] = [];
    this.layers.forEach((layer, index) => {
      const { output, weights } = layer.forward(hidden, { bias, ...within(options, 'layers', index) });
      hidden = output;
      hiddenStates.push(hidden);
      attentions.push(weights);
    });
    const poolerOutput = this.pooler?.forward(hidden, { attentionMask, ...within(options, 'pooler') });
    return { lastHiddenState: hidden, hiddenStates, attentions, poolerOutput };
  }
}

/** The pooled output of a model that has a pooler. */
export function pooledOf({ poolerOutput }: BertOutputs): tf.Tensor {
  assert(poolerOutput !== undefined, 'BertModel: this head needs a model with a pooler.');
  return poolerOutput;
}

function createLayer(config: BertConfig, source: ParameterSource): TransformerLayer {
  const initializer = truncatedNormal(config.initializerRange);
  const initializers = { initializer, outputInitializer: initializer };
  return new TransformerLayer(
    { ...config, ...initializers, normPosition: 'after' },
    (below) => new MultiHeadAttention({ ...config, ...initializers }, below),
    source,
  );
}

function checkInputs({ inputIds, attentionMask, tokenTypeIds }: SequenceInputs, maxPositions: number): void {
  const [batchSize, length] = shapeOf(inputIds, 2, 'BertModel: inputIds');
  if (length > maxPositions) {
    throw new ShapeError({
      message: `BertModel: a sequence must have at most ${maxPositions} tokens, got ${length}.`,
      hint: 'Shorten the text, or use a model with more positions.',
    });
  }
  for (const [name, tensor] of Object.entries({ attentionMask, tokenTypeIds })) {
    if (tensor === undefined || tensor.shape.join() === inputIds.shape.join()) continue;
    throw new ShapeError({
      message: `BertModel: ${name} must have shape [${batchSize}, ${length}] as inputIds, got [${tensor.shape.join(', ')}].`,
      hint: 'Give one element per token.',
    });
  }
}
