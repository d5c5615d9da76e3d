import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  Embedding,
  LayerNorm,
  normal,
  shapeOf,
  ShapeError,
  within,
  type ForwardOptions,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { BartConfig } from './config.ts';
import { LAYER_NORM_EPSILON } from './layer-config.ts';

/** Published tables of positions begin with two rows that nobody looks up; fairseq counted positions from the padding id on. */
const POSITION_OFFSET = 2;

/** Token and position embeddings, normalized. Encoder and decoder share the tokens and have their own positions. */
export class BartEmbeddings implements Module {
  readonly tokens: Embedding;
  /** [maxPositions + 2, D]. */
  readonly positions: Embedding;
  readonly norm: LayerNorm;
  /** Factor of the token embeddings. */
  readonly scale: number | undefined;
  readonly hiddenDropout: number;

  constructor(config: BartConfig, tokens: Embedding, source: ParameterSource) {
    const { hiddenSize, maxPositions } = config;
    this.tokens = tokens;
    this.positions = new Embedding(maxPositions + POSITION_OFFSET, hiddenSize, source.at('positions'), {
      initializer: normal(config.initializerRange),
    });
    this.norm = new LayerNorm(hiddenSize, LAYER_NORM_EPSILON, source.at('norm'));
    this.scale = config.scalesEmbeddings ? Math.sqrt(hiddenSize) : undefined;
    this.hiddenDropout = config.hiddenDropout;
  }

  /**
   * @param inputIds [B, T] int32.
   * @param positionIds [B, T] int32. Default: 0 ... T - 1.
   * @returns [B, T, D].
   * @throws {ShapeError} when the sequence is longer than the positions.
   */
  forward(inputIds: tf.Tensor, positionIds: tf.Tensor | undefined, options: ForwardOptions = {}): tf.Tensor {
    const tokens = this.tokens.forward(inputIds); // [B, T, D]
    const scaled = this.scale === undefined ? tokens : tf.mul(tokens, this.scale);
    const sum = tf.add(scaled, this.positionsOf(inputIds, positionIds));
    return dropout(this.norm.forward(sum), this.hiddenDropout, within(options, 'dropout').key);
  }

  /** [B, T, D], or [T, D] where all sequences begin at 0. */
  positionsOf(inputIds: tf.Tensor, positionIds: tf.Tensor | undefined): tf.Tensor {
    const [, length] = shapeOf(inputIds, 2, 'BartEmbeddings: inputIds');
    const [numRows = 0] = this.positions.weight.shape;
    const maxPositions = numRows - POSITION_OFFSET;
    if (length > maxPositions) {
      throw new ShapeError({
        message: `BartEmbeddings: a sequence must have at most ${maxPositions} tokens, got ${length}.`,
        hint: 'Shorten the text, or use a model with more positions.',
      });
    }
    return positionIds === undefined
      ? tf.slice(this.positions.weight, [POSITION_OFFSET, 0], [length, -1])
      : this.positions.forward(tf.add(positionIds, tf.scalar(POSITION_OFFSET, 'int32')));
  }
}
