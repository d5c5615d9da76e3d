import * as tf from '@tensorflow/tfjs';
import { disposeModule, parametersOf, toTensor, withParameters, type Module, type ParameterMap } from '@cloze/core';
import type { BestModel } from './early-stopping.ts';
import type { OptimizerState } from './optimizer.ts';
import type { PlannedPhase } from './phases.ts';
import { TrainingSession, type SessionOptions } from './training-session.ts';

/** The model of a run and the session of its present phase: each phase has a session of its own and hands the model on. */
export class PhaseSessions<M extends Module, Field extends string = string> {
  readonly #options: Omit<SessionOptions<M, Field>, 'trainable' | 'rateOf'>;
  #session: TrainingSession<M, Field> | undefined;
  #phase: PlannedPhase | undefined;
  /** While there is no session: */
  #model: M;
  #optimizerState: OptimizerState;

  /** @param options with the state of the optimizer where the run was left, which may be the end of a phase. */
  constructor(options: Omit<SessionOptions<M, Field>, 'trainable' | 'rateOf'>) {
    this.#options = options;
    this.#model = options.model;
    this.#optimizerState = options.optimizerState ?? {};
  }

  /** Valid until the next update. */
  get model(): M {
    return this.#session?.model ?? this.#model;
  }

  /** All parameters by path. Valid until the next update. */
  get parameters(): ParameterMap {
    return parametersOf(this.model);
  }

  /** That of the present phase. Valid until the next update. */
  get optimizerState(): OptimizerState {
    return this.#session?.optimizerState ?? this.#optimizerState;
  }

  /** The session of a phase, opened where it is not yet. @param step the next one in the phase, from 1. */
  enter(phase: PlannedPhase, step: number): TrainingSession<M, Field> {
    if (this.#session !== undefined && this.#phase === phase) return this.#session;
    this.#leave();
    const isResumed = step > 1;
    if (!isResumed) this.#disposeState();
    const { trainable, rateOf } = phase;
    const optimizerState = isResumed ? this.#optimizerState : undefined;
    this.#session = new TrainingSession({ ...this.#options, model: this.#model, trainable, rateOf, optimizerState });
    this.#optimizerState = {};
    this.#phase = phase;
    return this.#session;
  }

  /** Ends the present phase and goes back to earlier values. */
  restore(parameters: BestModel['parameters']): void {
    this.#leave();
    const restored = Object.fromEntries([...parameters].map(([path, tensor]) => [path, toTensor(tensor)]));
    const replaced = parametersOf(this.#model, (path) => path in restored);
    this.#model = withParameters(this.#model, restored);
    tf.dispose(Object.values(replaced));
  }

  /** Frees the model's parameters and everything else. */
  dispose(): void {
    this.#leave();
    this.#disposeState();
    disposeModule(this.#model);
  }

  #leave(): void {
    if (this.#session === undefined) return;
    this.#model = this.#session.release();
    this.#session = undefined;
  }

  #disposeState(): void {
    tf.dispose(Object.values(this.#optimizerState).flatMap((slot) => Object.values(slot)));
    this.#optimizerState = {};
  }
}
