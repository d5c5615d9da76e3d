import { ClozeError, RandomKey } from '@cloze/core';
import { gpt2Small, gptMini, gptNano, type GptConfig } from '@cloze/gpt';
import type { EngineName } from './engines.ts';

/** A model and a batch to measure with. */
export interface Configuration {
  readonly name: string;
  readonly model: GptConfig;
  readonly batchSize: number;
  /** In tokens. */
  readonly sequenceLength: number;
  /** Of the fast engines, so that a round takes about a second or more. */
  readonly stepsPerRound: number;
  /** Whether eager tfjs, two orders of magnitude slower, is measured as well. */
  readonly isMeasuredEagerly: boolean;
  /** How many times faster than the others the compiled engine is to be. */
  readonly targets: Readonly<Partial<Record<EngineName, number>>>;
  /** The compiled engine's peak memory over PyTorch's, at most. */
  readonly memoryTarget?: number;
}

const NO_DROPOUT = { embeddingDropout: 0, attentionDropout: 0, hiddenDropout: 0 };
const NUM_CHARACTERS = 65;

/** From small to large. */
export const CONFIGURATIONS: readonly Configuration[] = [
  {
    name: 'nano',
    model: { ...gptNano, ...NO_DROPOUT, vocabSize: NUM_CHARACTERS },
    batchSize: 12,
    sequenceLength: 64,
    stepsPerRound: 20,
    isMeasuredEagerly: true,
    targets: { pytorch: 1.2, 'tfjs-wasm': 40, 'tfjs-cpu': 150 },
  },
  {
    name: 'mini',
    model: { ...gptMini, ...NO_DROPOUT, vocabSize: NUM_CHARACTERS },
    batchSize: 8,
    sequenceLength: 256,
    stepsPerRound: 3,
    isMeasuredEagerly: false,
    targets: { pytorch: 1.5 },
  },
  {
    name: 'small',
    model: { ...gpt2Small, ...NO_DROPOUT },
    batchSize: 4,
    sequenceLength: 128,
    stepsPerRound: 2,
    isMeasuredEagerly: false,
    targets: { pytorch: 2 },
    memoryTarget: 1.3,
  },
];

/** @throws {ClozeError} `USAGE` when there is none of that name. */
export function configurationNamed(name: string): Configuration {
  const configuration = CONFIGURATIONS.find((candidate) => candidate.name === name);
  if (configuration !== undefined) return configuration;
  const names = CONFIGURATIONS.map((candidate) => candidate.name).join(', ');
  throw new ClozeError('USAGE', {
    message: `A configuration must be one of ${names}, got "${name}".`,
    hint: 'Name some of them, separated by commas.',
  });
}

/** Tied embeddings count once. */
export function numParameters({ vocabSize, maxPositions, hiddenSize, intermediateSize, numLayers }: GptConfig): number {
  const norm = 2 * hiddenSize;
  const attention = hiddenSize * 4 * hiddenSize + 4 * hiddenSize;
  const feedForward = 2 * hiddenSize * intermediateSize + intermediateSize + hiddenSize;
  return (vocabSize + maxPositions) * hiddenSize + numLayers * (attention + feedForward + 2 * norm) + norm;
}

/**
 * Floating point operations of a training step, forward and backward: per token, 6 for each parameter and 12 x layers x width x context for the
 * products of attention. The optimizer's are not counted.
 */
export function flopsPerStep({ model, batchSize, sequenceLength }: Configuration): number {
  const perToken = 6 * numParameters(model) + 12 * model.numLayers * model.hiddenSize * sequenceLength;
  return perToken * batchSize * sequenceLength;
}

/** The same for all engines and runs: [batch][row][token], rows one longer than the sequence. */
export type TokenBatches = readonly (readonly (readonly number[])[])[];

const NUM_BATCHES = 4;

/** Random token ids, low ones far more often, as words in a text: repeated ids are what makes the gradient of an embedding hard. */
export function tokenBatches({ model, batchSize, sequenceLength }: Configuration): TokenBatches {
  const key = RandomKey.fromSeed(1337).fold('tokens');
  const draw = (...path: readonly number[]): number => {
    const [word = 0] = path.reduce((folded, index) => folded.fold(index), key).toWords();
    return Math.floor(model.vocabSize ** (word / 2 ** 32)) - 1;
  };
  return range(NUM_BATCHES).map((batch) =>
    range(batchSize).map((row) => range(sequenceLength + 1).map((token) => draw(batch, row, token))),
  );
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
