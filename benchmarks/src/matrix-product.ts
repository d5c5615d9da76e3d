import * as tf from '@tensorflow/tfjs';
import { randomUniform, RandomKey } from '@cloze/core';
import { jit, onnxRuntimeEngine, type Compiled } from '@cloze/jit';
import { MATRIX_SIZE, type RunReply } from './protocol.ts';

/**
 * The roof that a training step is held against: the product of two matrices of 1024 x 1024 by the same runtime with the same threads. Only the sum
 * of the elements leaves the runtime, because handing over 4 MB would be measured as well.
 */
export class MatrixProduct {
  readonly #multiply: Compiled<[tf.Tensor, tf.Tensor], tf.Tensor>;
  readonly #a: tf.Tensor = randomMatrix('a');
  readonly #b: tf.Tensor = randomMatrix('b');

  constructor(numThreads: number) {
    const engine = onnxRuntimeEngine({ numThreads });
    this.#multiply = jit((a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(a, b)), { engine });
  }

  /** Has neither losses nor gradients. */
  async run(count: number): Promise<RunReply> {
    const before = process.cpuUsage();
    const milliseconds: number[] = [];
    for (let product = 0; product < count; product++) {
      const begin = performance.now();
      tf.dispose(await this.#multiply(this.#a, this.#b));
      milliseconds.push(performance.now() - begin);
    }
    const { user, system } = process.cpuUsage(before);
    return { milliseconds, losses: [], gradientNorms: [], cpuMilliseconds: (user + system) / 1000 };
  }
}

function randomMatrix(name: string): tf.Tensor {
  return tf.sub(randomUniform(RandomKey.fromSeed(1337).fold(name), [MATRIX_SIZE, MATRIX_SIZE]), 0.5);
}
