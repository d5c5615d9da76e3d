import {
  Linear,
  randomParameters,
  tensorAt,
  type Module,
  type Objective,
  type ParameterSource,
  type RandomKey,
} from '@cloze/core';
import { listSource } from '@cloze/datasets';
import { ScalarMix } from '@cloze/elmo';
import type { Engine } from '@cloze/jit';
import { crossEntropy } from '@cloze/objectives';
import { adamw, train, warmupCosine } from '@cloze/training';
import * as tf from '@tensorflow/tfjs';

/** Vectors of words from each layer of a network, and what is to be told from them. */
export interface LabelledVectors {
  /** For each layer a vector [D] of each word. */
  readonly layers: readonly (readonly Float32Array[])[];
  /** Of each word, from 0. */
  readonly labels: readonly number[];
}

/** What linear classifiers tell from vectors. */
export interface ProbeResult {
  /** From each layer alone, then from the learned mix of all, in percent of the test. */
  readonly accuracies: readonly number[];
  /** Of the layers in the mix, in percent. */
  readonly mixWeights: readonly number[];
}

const BATCH_SIZE = 64;
/** High: the weights of the mix have far to go from equal. */
const LEARNING_RATE = 1e-2;

/**
 * Trains a linear classifier on each layer, and one on a mix of all layers whose weights are learned with it. Each layer is brought to mean 0 and variance 1
 * over all words and dimensions together, so that weights can be compared. The classifiers are trained in one run and share nothing.
 *
 * @see Peters et al. 2018, "Deep contextualized word representations", section 5. <https://arxiv.org/abs/1802.05365>
 */
export async function probeLayers({
  train: training,
  test: unseen,
  numLabels,
  numSteps,
  key,
  engine,
}: {
  readonly train: LabelledVectors;
  readonly test: LabelledVectors;
  readonly numLabels: number;
  readonly numSteps: number;
  readonly key: RandomKey;
  readonly engine: Engine;
}): Promise<ProbeResult> {
  const scales = training.layers.map(scaleOf);
  const [seen, test] = [normalized(training, scales), normalized(unseen, scales)];
  const numLayers = seen.layers.length;
  const size = sizeOf(seen);
  const run = train({
    model: new LayerProbes({ numLayers, size, numLabels }, randomParameters(key.fold('parameters'))),
    objective: objectiveOf(seen),
    data: listSource(Array.from(seen.labels.keys()), { key: key.fold('order') }),
    optimizer: adamw(),
    schedule: warmupCosine({ peak: LEARNING_RATE, floor: 0, warmupSteps: 0, numSteps }),
    ...{ numSteps, batchSize: BATCH_SIZE, key: key.fold('training'), engine },
  });
  for await (const event of run) if (!Number.isFinite(event.loss)) throw new Error('The loss is no number.');
  const result = measure(run.model, test);
  run.dispose();
  return result;
}

/** A linear classifier for each layer, and one for the mix of all. */
class LayerProbes implements Module {
  readonly scores: readonly Linear[];
  readonly mix: ScalarMix;
  readonly mixScore: Linear;

  constructor(
    { numLayers, size, numLabels }: { readonly numLayers: number; readonly size: number; readonly numLabels: number },
    source: ParameterSource,
  ) {
    this.scores = Array.from(
      { length: numLayers },
      (_, index) => new Linear(size, numLabels, source.at('scores', index)),
    );
    this.mix = new ScalarMix({ numLayers, normalizes: false }, source.at('mix'));
    this.mixScore = new Linear(size, numLabels, source.at('mixScore'));
  }

  /** @param layers each [N, D]; returns the scores from each layer, then those from the mix, each [N, numLabels]. */
  forward(layers: readonly tf.Tensor[]): tf.Tensor[] {
    const words = layers.map((layer) => tf.expandDims(layer, 0)); // [1, N, D]
    const mixed = this.mix.forward(words, tf.ones([1, layers[0]?.shape[0] ?? 0]));
    return [
      ...this.scores.map((score, index) => score.forward(tensorAt(layers, index))),
      this.mixScore.forward(tf.squeeze(mixed, [0])),
    ];
  }
}

/** The examples are numbers of words; a batch holds the layers of a word side by side. */
function objectiveOf(vectors: LabelledVectors): Objective<number, LayerProbes, 'vectors' | 'labels'> {
  const size = sizeOf(vectors);
  const width = vectors.layers.length * size;
  return {
    name: 'layerProbes',
    prepare: (examples) => {
      const data = new Float32Array(examples.length * width);
      for (const [row, example] of examples.entries()) {
        for (const [index, layer] of vectors.layers.entries()) {
          data.set(layer[example] ?? [], row * width + index * size);
        }
      }
      const labels = Int32Array.from(examples, (example) => vectors.labels[example] ?? -1);
      return {
        vectors: { data, shape: [examples.length, width] },
        labels: { data: labels, shape: [examples.length] },
      };
    },
    loss: (model, { vectors: sideBySide, labels }) => {
      const losses = model
        .forward(tf.split(sideBySide, vectors.layers.length, 1))
        .map((logits) => crossEntropy(logits, labels));
      const loss: tf.Scalar = tf.addN(losses.map((own) => own.loss));
      return { loss, numTargets: losses[0]?.numTargets ?? tf.scalar(0), metrics: {} };
    },
  };
}

function measure(model: LayerProbes, { layers, labels }: LabelledVectors): ProbeResult {
  return tf.tidy(() => {
    const scores = model.forward(layers.map((layer) => tf.tensor2d(layer.map((vector) => Array.from(vector)))));
    const accuracies = scores.map((logits) => {
      const isRight = tf.equal(tf.argMax(logits, 1), tf.tensor1d([...labels], 'int32'));
      return (100 * (tf.sum(isRight).dataSync()[0] ?? NaN)) / labels.length;
    });
    const weights = tf.softmax(tf.concat([...model.mix.scalars]));
    return {
      accuracies,
      mixWeights: Array.from(weights.dataSync(), (weight) => 100 * weight),
    };
  });
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

function scaleOf(layer: readonly Float32Array[]): Scale {
  const values = layer.flatMap((vector) => Array.from(vector));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

function normalized({ layers, labels }: LabelledVectors, scales: readonly Scale[]): LabelledVectors {
  const own = layers.map((layer, index) => {
    const { mean, deviation } = scales[index] ?? { mean: 0, deviation: 1 };
    return layer.map((vector) => vector.map((value) => (value - mean) / deviation));
  });
  return { layers: own, labels };
}

function sizeOf({ layers: [first] }: LabelledVectors): number {
  return first?.[0]?.length ?? 0;
}
