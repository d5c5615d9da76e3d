import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  Embedding,
  LayerNorm,
  multiplyLastAxis,
  shapeOf,
  truncatedNormal,
  within,
  type ForwardOptions,
  type Module,
  type ParameterSource,
  type SequenceInputs,
} from '@cloze/core';
import type { BertConfig } from './config.ts';

/** The normalized sum of token, position and segment embeddings; section 3 of the paper, figure 2. */
export class BertEmbeddings implements Module {
  /** Also the output projection of the masked language modeling head. */
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly tokenTypes: Embedding;
  readonly norm: LayerNorm;
  readonly dropout: number;

  constructor(config: BertConfig, source: ParameterSource) {
    const { vocabSize, maxPositions, numTokenTypes, hiddenSize, padTokenId: paddingId } = config;
    const initializer = truncatedNormal(config.initializerRange);
    this.tokens = new Embedding(vocabSize, hiddenSize, source.at('tokens'), { initializer, paddingId });
    this.positions = new Embedding(maxPositions, hiddenSize, source.at('positions'), { initializer });
    this.tokenTypes = new Embedding(numTokenTypes, hiddenSize, source.at('tokenTypes'), { initializer });
    this.norm = new LayerNorm(hiddenSize, config.layerNormEpsilon, source.at('norm'));
    this.dropout = config.hiddenDropout;
  }

  /** [B, T, D]. */
  forward({ inputIds, tokenTypeIds }: SequenceInputs, options: ForwardOptions = {}): tf.Tensor {
    const positions = this.positions.firstRows(inputIds.shape[1] ?? 1); // [T, D]
    const sum = tf.add(tf.add(this.tokens.forward(inputIds), positions), this.ofSegments(tokenTypeIds));
    return dropout(this.norm.forward(sum), this.dropout, within(options, 'dropout').key);
  }

  /** [B, T, D], or [1, D] where all is one segment. */
  private ofSegments(tokenTypeIds: tf.Tensor | undefined): tf.Tensor {
    if (tokenTypeIds === undefined) return this.tokenTypes.firstRows(1);
    const { weight } = this.tokenTypes;
    const [numTokenTypes] = shapeOf(weight, 2, 'BertEmbeddings: tokenTypes.weight');
    // A product, as in the authors' code: with two rows it is faster than gathering, and so is its gradient.
    return multiplyLastAxis(tf.cast(tf.oneHot(tokenTypeIds, numTokenTypes), 'float32'), weight);
  }
}
