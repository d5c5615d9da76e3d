import * as tf from '@tensorflow/tfjs';
import { Embedding, normal, zeros, type ParameterSource, type VocabularyScores } from '@cloze/core';

/** The output layer of ELMo's language models; both directions share it. */
export class VocabularySoftmax implements VocabularyScores {
  /** A vector per word, [V, D]. */
  readonly words: Embedding;
  /** [V]. */
  readonly bias: tf.Tensor;

  constructor({ vocabSize, hiddenSize }: { vocabSize: number; hiddenSize: number }, source: ParameterSource) {
    const initializer = normal(1 / Math.sqrt(hiddenSize));
    this.words = new Embedding(vocabSize, hiddenSize, source.at('words'), { initializer });
    this.bias = source.get('bias', [vocabSize], zeros);
  }

  forward(x: tf.Tensor): tf.Tensor {
    return tf.add(this.words.project(x), this.bias);
  }

  rows(ids: tf.Tensor): { readonly weight: tf.Tensor; readonly bias: tf.Tensor } {
    // The embedding comes first: it supplies the kernel that the gradients of both need where a backend lacks it.
    const weight = this.words.forward(ids);
    return { weight, bias: tf.gather(this.bias, ids) };
  }
}
