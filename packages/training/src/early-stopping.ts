import { ClozeError, ConfigError, type HostTensor, type ParameterMap } from '@cloze/core';
import type { Evaluation } from './evaluate.ts';

/** When a run ends before its last step. It ends with the parameters of the best evaluation, whether it was stopped or not. */
export interface EarlyStopping {
  /** So many evaluations in a row without improvement end the run. At least 1. */
  readonly patience: number;
  /** What counts: `loss`, or a validation metric. Default `loss`. */
  readonly metric?: string | undefined;
  /** Default: `lowest` for the loss, `highest` for metrics. */
  readonly goal?: 'lowest' | 'highest' | undefined;
  /** What differs by less is no improvement. Default 0: any improvement counts. */
  readonly minImprovement?: number | undefined;
}

/** The best evaluation of a run, and how long ago it was. */
export interface BestEvaluation {
  readonly step: number;
  /** Of the loss or metric that counts. */
  readonly value: number;
  /** How many evaluations came after it. */
  readonly numWorse: number;
}

/** The best evaluation with the parameters that it was made of: what early stopping needs to go on. */
export interface BestModel {
  readonly evaluation: BestEvaluation;
  /** By path; those that the run trains. */
  readonly parameters: ReadonlyMap<string, HostTensor>;
}

/** Watches the evaluations of a run and keeps the best parameters, in host memory. */
export class EarlyStopper {
  readonly #options: EarlyStopping;
  #best: BestModel | undefined;

  /** @throws {ConfigError} when the patience is no whole number of at least 1. */
  constructor(options: EarlyStopping, best: BestModel | undefined) {
    if (!Number.isInteger(options.patience) || options.patience < 1) {
      throw new ConfigError({
        message: `The patience of early stopping must be a whole number of at least 1, got ${options.patience}.`,
        hint: 'Say how many evaluations without improvement end the run.',
      });
    }
    this.#options = options;
    this.#best = best;
  }

  get best(): BestModel | undefined {
    return this.#best;
  }

  isStopped(): boolean {
    return this.#best !== undefined && this.#best.evaluation.numWorse >= this.#options.patience;
  }

  /** @throws {ClozeError} `CONFIG_INVALID` when nothing of that name was measured; `NON_FINITE` when it is no number. */
  judge(step: number, evaluation: Pick<Evaluation, 'loss' | 'metrics'>, parameters: ParameterMap): void {
    const value = this.#valueOf(step, evaluation);
    const best = this.#best;
    if (best === undefined || this.#isBetter(value, best.evaluation.value)) {
      this.#best = { evaluation: { step, value, numWorse: 0 }, parameters: copyOf(parameters) };
    } else {
      this.#best = { ...best, evaluation: { ...best.evaluation, numWorse: best.evaluation.numWorse + 1 } };
    }
  }

  #isBetter(value: number, best: number): boolean {
    const { metric = 'loss', goal = metric === 'loss' ? 'lowest' : 'highest', minImprovement = 0 } = this.#options;
    const improvement = goal === 'lowest' ? best - value : value - best;
    return improvement > 0 && improvement >= minImprovement;
  }

  #valueOf(step: number, { loss, metrics }: Pick<Evaluation, 'loss' | 'metrics'>): number {
    const { metric = 'loss' } = this.#options;
    const measured: Readonly<Record<string, number>> = { ...metrics, loss };
    const value = measured[metric];
    if (value === undefined) {
      throw new ConfigError({
        message: `Early stopping must watch something that is measured: ${Object.keys(measured).sort().join(', ')}; got ${metric}.`,
        hint: 'Choose one of these.',
      });
    }
    if (Number.isFinite(value)) return value;
    throw new ClozeError('NON_FINITE', {
      message: `The ${metric} that early stopping watches must be finite, got ${value}.`,
      hint: 'Look at the validation examples: there may be none with a target.',
      step,
    });
  }
}

function copyOf(parameters: ParameterMap): Map<string, HostTensor> {
  return new Map(
    Object.entries(parameters).map(([path, tensor]) => [
      path,
      { dtype: 'F32', shape: [...tensor.shape], data: tensor.dataSync<'float32'>().slice() },
    ]),
  );
}
