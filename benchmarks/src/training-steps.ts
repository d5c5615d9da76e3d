import { ClozeError, parametersOf, RandomKey, randomParameters, type Batch } from '@cloze/core';
import { gptFamily, GptForCausalLm } from '@cloze/gpt';
import type { Engine } from '@cloze/jit';
import { causalLanguageModeling } from '@cloze/objectives';
import { createAdapter, methodConfig, type AdaptedModel, type MethodName } from '@cloze/peft';
import { adamw, TrainingSession } from '@cloze/training';
import { numParameters, tokenBatches, type Configuration } from './configurations.ts';
import { RECIPE } from './protocol.ts';

/** What some steps took, and what they found. */
export interface StepFigures {
  /** Of each step. */
  readonly milliseconds: readonly number[];
  /** Of each step, before its update, in nats per target. */
  readonly losses: readonly number[];
  /** Of each step, before clipping. */
  readonly gradientNorms: readonly number[];
}

/** The model with its initial weights, the same in every process. */
export function createModel({ model }: Configuration): GptForCausalLm {
  return new GptForCausalLm(model, randomParameters(RandomKey.fromSeed(1337).fold('weights')));
}

/** Training steps on a few batches in turn, timed one by one: what a user's step does, from token ids to numbers. Runs in Node and in browsers. */
export class TrainingSteps {
  readonly #session: TrainingSession<GptForCausalLm, 'inputIds' | 'labels'>;
  readonly #batches: readonly Batch<'inputIds' | 'labels'>[];
  readonly #key: RandomKey = RandomKey.fromSeed(0);
  #numSteps = 0;

  /** Nothing is compiled before the first step. */
  constructor(configuration: Configuration, engine: Engine, method: MethodName = 'full') {
    const { beta1, beta2, weightDecay, clipNorm } = RECIPE;
    const objective = causalLanguageModeling();
    const base = createModel(configuration);
    checkNumParameters(base, configuration);
    this.#batches = tokenBatches(configuration).map((rows) => objective.prepare(rows, this.#key));
    this.#session = new TrainingSession({
      ...trainedPart(base, configuration, method),
      objective,
      optimizer: adamw({ beta1, beta2, weightDecay }),
      clipNorm,
      engine,
    });
  }

  /** @throws {ClozeError} `NON_FINITE`: figures of a run that diverged would be worthless. */
  async run(count: number): Promise<StepFigures> {
    const [milliseconds, losses, gradientNorms]: [number[], number[], number[]] = [[], [], []];
    for (let step = 0; step < count; step++) {
      const begin = performance.now();
      const { loss, gradientNorm, isUpdated } = await this.#step();
      milliseconds.push(performance.now() - begin);
      losses.push(loss);
      gradientNorms.push(gradientNorm);
      if (!isUpdated) throw diverged(this.#numSteps, loss);
    }
    return { milliseconds, losses, gradientNorms };
  }

  /** Frees the weights and what was compiled; a profile is complete only then. */
  dispose(): void {
    this.#session.dispose();
  }

  #step(): ReturnType<TrainingSession<GptForCausalLm, 'inputIds' | 'labels'>['update']> {
    const batches = this.#batches.slice(this.#numSteps % this.#batches.length).slice(0, 1);
    const step = ++this.#numSteps;
    return this.#session.update({ batches, step, learningRate: RECIPE.learningRate, key: this.#key.fold(step) });
  }
}

/** The model, with an adapter where that is what is trained. */
function trainedPart(
  model: GptForCausalLm,
  { model: config }: Configuration,
  method: MethodName,
): Pick<AdaptedModel<GptForCausalLm>, 'model'> & Partial<Pick<AdaptedModel, 'trainable'>> {
  const task = 'causal-language-modeling';
  const adapter = methodConfig(method, task);
  if (adapter === undefined) return { model };
  const key = RandomKey.fromSeed(1337).fold('adapter');
  return createAdapter(model, gptFamily.checkpointNames(config, task), { config: adapter, key });
}

/** The share of the roof depends on it. */
function checkNumParameters(model: GptForCausalLm, { name, model: config }: Configuration): void {
  const counted = Object.values(parametersOf(model)).reduce((sum, { size }) => sum + size, 0);
  if (counted === numParameters(config)) return;
  throw new ClozeError('INTERNAL', {
    message: `${name}: the model must have ${numParameters(config)} parameters, got ${counted}.`,
    hint: 'Bring numParameters in line with the model.',
  });
}

function diverged(step: number, loss: number): ClozeError {
  return new ClozeError('NON_FINITE', {
    message: `Step ${step}: the loss must be finite, got ${loss}.`,
    hint: 'The engine is wrong; look for the first step whose loss differs from eager tfjs.',
    step,
  });
}
