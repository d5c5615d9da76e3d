import * as tf from '@tensorflow/tfjs';
import { Embedding, multiplyLastAxis, normal, shapeOf, withParameters, zeros, type ParameterSource } from '@cloze/core';
import type { AdapterLayer } from './adapter-layer.ts';
import type { LowRank } from './lora-linear.ts';

/**
 * A table of vectors and a low-rank update of it: `W + s A B`. It starts as the base alone, because A is zero.
 *
 * An output projection that is tied to the table keeps the base's, as in Hugging Face PEFT; merging changes it, there as here.
 *
 * @see Hu et al. 2022, "LoRA: Low-Rank Adaptation of Large Language Models". <https://arxiv.org/abs/2106.09685>
 */
export class LoraEmbedding implements Embedding, AdapterLayer {
  readonly base: Embedding;
  /** [V, r]. */
  readonly loraA: Embedding;
  /** [r, D]. */
  readonly loraB: tf.Tensor;
  readonly scale: number;
  readonly paddingId: number | undefined;

  /** Without dropout: ids cannot be dropped. */
  constructor(base: Embedding, { rank, scale }: LowRank, source: ParameterSource) {
    const [numEmbeddings, size] = shapeOf(base.weight, 2, 'LoRA: embedding');
    const { paddingId } = base;
    this.base = base;
    this.loraA = new Embedding(numEmbeddings, rank, source.at('loraA'), {
      initializer: zeros,
      ...(paddingId !== undefined && { paddingId }),
    });
    this.loraB = source.get('loraB', [rank, size], normal(1));
    this.scale = scale;
    this.paddingId = paddingId;
  }

  /** [V, D], with the update. */
  get weight(): tf.Tensor {
    return tf.add(this.base.weight, this.update(this.loraA.weight));
  }

  /** @param ids [...] int32; returns [..., D]. */
  forward(ids: tf.Tensor): tf.Tensor {
    return tf.add(this.base.forward(ids), this.update(this.loraA.forward(ids)));
  }

  firstRows(count: number): tf.Tensor {
    return tf.add(this.base.firstRows(count), this.update(this.loraA.firstRows(count)));
  }

  /** By the base's table. */
  project(x: tf.Tensor): tf.Tensor {
    return this.base.project(x);
  }

  merged(): Embedding {
    return withParameters(this.base, { weight: tf.tidy(() => this.weight) });
  }

  private update(rows: tf.Tensor): tf.Tensor {
    return tf.mul(multiplyLastAxis(rows, this.loraB), this.scale);
  }
}
