import * as tf from '@tensorflow/tfjs';
import {
  parametersOf,
  toBatchTensors,
  withParameters,
  type EncoderDecoderModel,
  type Objective,
  type RandomKey,
} from '@cloze/core';
import type { ExampleSource } from '@cloze/datasets';
import type { Engine } from '@cloze/jit';
import { textToText, type TextPair, type TextToTextField } from '@cloze/objectives';
import { adamw, compile, createTrainStep, Evaluator, warmupCosine, type TrainingState } from '@cloze/training';

/** What all models and batches of a {@link TextToTextTrainer} have in common. */
export interface TextToTextTrainerOptions {
  /** Gives the structure; its tensors are not read. */
  readonly model: EncoderDecoderModel;
  /** S and T, in tokens. */
  readonly sourceLength: number;
  readonly targetLength: number;
  readonly batchSize: number;
  readonly engine: Engine;
}

/** A run of {@link TextToTextTrainer.train}. */
export interface TextToTextRun<Example> {
  /** Its batches have the lengths of the trainer. */
  readonly objective: Pick<Objective<Example, EncoderDecoderModel, TextToTextField>, 'prepare'>;
  readonly data: ExampleSource<Example>;
  readonly numSteps: number;
  /** The highest one. */
  readonly learningRate: number;
  readonly key: RandomKey;
  /** Tells the share of the steps that are done. Default: nobody is told. */
  readonly progress?: ((fraction: number) => void) | undefined;
}

type TextToTextObjective = Objective<TextPair, EncoderDecoderModel, TextToTextField>;

/**
 * Trains and measures many encoder-decoders of one structure. Pre-training, fine-tuning and measuring have batches of one shape, so that what is compiled
 * serves all of them.
 */
export class TextToTextTrainer {
  /** Of pairs, with the lengths of the trainer. */
  readonly objective: TextToTextObjective;
  readonly #options: TextToTextTrainerOptions;
  readonly #optimizer = adamw({ beta2: 0.99, weightDecay: 0.1 });
  readonly #step: ReturnType<typeof compileStep>;
  readonly #loss: Evaluator<EncoderDecoderModel, TextPair, TextToTextField>;
  readonly #misses: Evaluator<EncoderDecoderModel, TextPair, TextToTextField>;

  constructor(options: TextToTextTrainerOptions) {
    const { model, sourceLength, targetLength } = options;
    const { padTokenId, decoderStartTokenId } = model;
    this.#options = options;
    this.objective = textToText({ padTokenId, decoderStartTokenId, sourceLength, targetLength });
    this.#step = compileStep(options, this.objective, this.#optimizer);
    this.#loss = new Evaluator(model, { ...options, objective: this.objective });
    this.#misses = new Evaluator(model, { ...options, objective: { ...this.objective, loss: missedShare } });
  }

  /** Trains a copy of a model with AdamW and a cosine schedule. The copy belongs to the caller. */
  async train<Example>(
    start: EncoderDecoderModel,
    { objective, data, numSteps, learningRate: peak, key, progress }: TextToTextRun<Example>,
  ): Promise<EncoderDecoderModel> {
    const schedule = warmupCosine({ peak, floor: peak / 10, warmupSteps: Math.ceil(numSteps / 20), numSteps });
    const copies = Object.entries(parametersOf(start)).map(([path, tensor]) => [path, tf.clone(tensor)] as const);
    const parameters = Object.fromEntries(copies);
    let state: TrainingState = { parameters, optimizer: this.#optimizer.init(parameters) };
    let cursor = data.start;
    for (let step = 1; step <= numSteps; step++) {
      const next = await data.read(cursor, this.#options.batchSize);
      cursor = next.cursor;
      const batch = toBatchTensors(objective.prepare(next.examples, key.fold('batch').fold(step)));
      const scalars = Object.entries(this.#optimizer.scalars(step, schedule(step))).map(
        ([name, value]) => [name, tf.scalar(value)] as const,
      );
      const words = tf.tensor1d(new Int32Array(key.fold('step').fold(step).toWords().buffer), 'int32');
      const { state: updated, ...report } = await this.#step(state, {}, batch, Object.fromEntries(scalars), words);
      state = updated;
      tf.dispose([report.loss, report.gradientNorm, report.numTargets, words]);
      tf.dispose([...Object.values<tf.Tensor>(batch), ...scalars.map(([, scalar]) => scalar)]);
      progress?.(step / numSteps);
    }
    tf.dispose(Object.values(state.optimizer).flatMap((slot) => Object.values(slot)));
    return withParameters(start, state.parameters);
  }

  /** In nats per token of the targets. The number of pairs is a multiple of the batch size, or the last batch is compiled for itself. */
  async loss(model: EncoderDecoderModel, pairs: readonly TextPair[]): Promise<number> {
    return (await this.#loss.evaluate(model, pairs)).loss;
  }

  /**
   * How many targets the model writes without a mistake if it always takes the most probable token, in percent: where each token is the most probable one
   * after those before it. The number of pairs as for {@link loss}.
   */
  async exactMatch(model: EncoderDecoderModel, pairs: readonly TextPair[]): Promise<number> {
    return 100 * (1 - (await this.#misses.evaluate(model, pairs)).loss);
  }

  /** Frees what was compiled. */
  dispose(): void {
    for (const compiled of [this.#step, this.#loss, this.#misses]) compiled.dispose();
  }
}

function compileStep(
  { model, engine }: TextToTextTrainerOptions,
  objective: TextToTextObjective,
  optimizer: ReturnType<typeof adamw>,
) {
  return compile(createTrainStep({ model, objective, optimizer, clipNorm: 1 }).step, { engine, donate: [0] });
}

/** The share of the rows with a label that is not the most probable token. */
function missedShare(
  model: EncoderDecoderModel,
  { labels, ...inputs }: Parameters<TextToTextObjective['loss']>[1],
): ReturnType<TextToTextObjective['loss']> {
  const { logits } = model.forward(inputs);
  const isRight = tf.cast(tf.equal(tf.argMax(logits, -1), labels), 'float32'); // [B, T]
  const isLabel = tf.cast(tf.greaterEqual(labels, 0), 'float32');
  const numMissed = tf.sum(tf.mul(tf.sub(1, isRight), isLabel), 1); // [B]
  const isMissed = tf.cast(tf.greater(numMissed, 0), 'float32');
  return { loss: tf.mean(isMissed), numTargets: tf.sum(tf.onesLike(isMissed)), metrics: {} };
}
