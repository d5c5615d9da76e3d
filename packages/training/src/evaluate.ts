import * as tf from '@tensorflow/tfjs';
import {
  parametersOf,
  RandomKey,
  toBatchTensors,
  withParameters,
  type BatchTensors,
  type Module,
  type Objective,
  type ParameterMap,
} from '@cloze/core';
import { compile, type TrainingEngine } from './compile.ts';

/** What is evaluated on what. */
export interface EvaluationOptions<M extends Module, Example, Field extends string = string> {
  readonly objective: Objective<Example, M, Field>;
  readonly batchSize: number;
  readonly engine: TrainingEngine;
  /** For objectives that draw what to predict. Always the same key, so that two evaluations of a model are equal. Default: seed 0. */
  readonly key?: RandomKey | undefined;
}

/** Means over all targets. */
export interface Evaluation {
  /** In nats per target. */
  readonly loss: number;
  readonly numTargets: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Evaluates a model again and again: what it compiles serves all calls. */
export class Evaluator<M extends Module, Example, Field extends string = string> {
  readonly #options: EvaluationOptions<M, Example, Field>;
  readonly #loss: (
    parameters: ParameterMap,
    batch: BatchTensors<Field>,
  ) => Promise<ReturnType<Objective<Example, M, Field>['loss']>>;
  readonly #release: () => void;

  /** @param template a model of the structure that will be evaluated; its tensors are not read. */
  constructor(template: M, options: EvaluationOptions<M, Example, Field>) {
    const { objective, engine } = options;
    const compiled = compile(
      (parameters: ParameterMap, batch: BatchTensors<Field>) =>
        objective.loss(withParameters(template, parameters), batch),
      { engine },
    );
    this.#options = options;
    this.#loss = compiled;
    this.#release = () => {
      compiled.dispose();
    };
  }

  /** One pass over the examples, without dropout. Each target counts once, whatever the batches. */
  async evaluate(model: M, examples: Iterable<Example>): Promise<Evaluation> {
    const { objective, batchSize, key = RandomKey.fromSeed(0) } = this.#options;
    const parameters = parametersOf(model);
    const sums = new Map<string, number>();
    let total = 0;
    let index = 0;
    for (const group of groupsOf(examples, batchSize)) {
      const batch = toBatchTensors(objective.prepare(group, key.fold(index++)));
      const { loss, numTargets, metrics } = await this.#loss(parameters, batch);
      const weight = numTargets.dataSync()[0] ?? 0;
      for (const [name, scalar] of Object.entries({ ...metrics, loss })) {
        // A mean over no targets is no number.
        if (weight > 0) sums.set(name, (sums.get(name) ?? 0) + weight * (scalar.dataSync()[0] ?? Number.NaN));
      }
      total += weight;
      tf.dispose([...Object.values<tf.Tensor>(batch), loss, numTargets, ...Object.values(metrics)]);
    }
    const { loss = Number.NaN, ...metrics } = Object.fromEntries([...sums].map(([name, sum]) => [name, sum / total]));
    return { loss, numTargets: total, metrics };
  }

  /** Frees what was compiled. */
  dispose(): void {
    this.#release();
  }
}

function* groupsOf<T>(items: Iterable<T>, size: number): Generator<readonly T[], void, void> {
  let group: T[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
