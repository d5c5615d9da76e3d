import * as tf from '@tensorflow/tfjs';
import { Linear, normal, uniform, type ParameterSource } from '@cloze/core';
import { foldedPrompt, type PromptTable } from './prompt-table.ts';
import type { Foldable, VirtualTokens } from './virtual-tokens.ts';

/** Sizes of a network that computes the vectors of a prompt. */
export interface PromptEncoderConfig {
  readonly numVectors: number;
  /** D. */
  readonly size: number;
  readonly encoderHiddenSize: number;
}

/**
 * Vectors of a prompt by a network: an embedding, and three layers with ReLU between them.
 *
 * @see Liu et al. 2021, "GPT Understands, Too", section 3.2. <https://arxiv.org/abs/2103.10385>
 */
export class MlpPromptEncoder implements VirtualTokens, Foldable {
  /** [N, D]. */
  readonly embedding: tf.Tensor;
  readonly layers: readonly Linear[];

  constructor({ numVectors, size, encoderHiddenSize: hidden }: PromptEncoderConfig, source: ParameterSource) {
    this.embedding = source.get('embedding', [numVectors, size], normal(1));
    this.layers = createLayers([size, hidden, hidden, size], source.at('layers'));
  }

  forward(): tf.Tensor {
    return throughLayers(this.embedding, this.layers);
  }

  folded(): PromptTable {
    return foldedPrompt(this);
  }
}

/** Linear layers of the given widths, with the first values of PyTorch's weights. */
export function createLayers(sizes: readonly number[], source: ParameterSource): Linear[] {
  return sizes.slice(1).map((outputSize, index) => {
    const inputSize = sizes[index] ?? 1;
    return new Linear(inputSize, outputSize, source.at(index), { initializer: uniform(1 / Math.sqrt(inputSize)) });
  });
}

/** [N, in] -> [N, out], with ReLU between the layers. */
export function throughLayers(x: tf.Tensor, layers: readonly Linear[]): tf.Tensor {
  return layers.reduce((hidden, layer, index) => layer.forward(index === 0 ? hidden : tf.relu(hidden)), x);
}
