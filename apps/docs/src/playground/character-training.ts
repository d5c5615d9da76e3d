import { disposeModule, RandomKey, randomParameters, type CausalLanguageModel } from '@cloze/core';
import { packTokens, randomWindows } from '@cloze/datasets';
import { Decoder, generateText } from '@cloze/generation';
import { gptFamily, gptNano, type GptConfig } from '@cloze/gpt';
import { anyFamily, loadPretrainedOf, memoryRepository, pretrainedFiles } from '@cloze/hub';
import type { Engine } from '@cloze/jit';
import { causalLanguageModeling } from '@cloze/objectives';
import { trainCharacters, type Tokenizer } from '@cloze/tokenizer';
import { adamw, train, warmupCosine, type Training } from '@cloze/training';

/** A model of characters and the tokenizer that it reads with. */
export interface CharacterModel {
  readonly config: GptConfig;
  readonly model: CausalLanguageModel;
  readonly tokenizer: Tokenizer;
}

/** The sizes to choose from. */
export type ModelSize = 'tiny' | 'nano';

const SIZES: Readonly<Record<ModelSize, GptConfig>> = {
  tiny: { ...gptNano, hiddenSize: 64, numLayers: 2, numHeads: 2, intermediateSize: 256, maxPositions: 32 },
  nano: gptNano,
};

/** What is trained, and for how long. */
export interface TrainingRequest {
  readonly text: string;
  readonly numSteps: number;
  readonly size: ModelSize;
  readonly engine: Engine;
  readonly seed: number;
}

const TASK = 'causal-language-modeling';
const BATCH_SIZE = 12;
const PEAK_RATE = 3e-3;

/** Begins to train a GPT on the characters of a text: the settings of nanoGPT's smallest recipe. */
export async function trainCharacterModel({ text, numSteps, size, engine, seed }: TrainingRequest): Promise<{
  readonly start: CharacterModel;
  readonly run: Training<CausalLanguageModel>;
}> {
  const key = RandomKey.fromSeed(seed);
  const tokenizer = trainCharacters([text]);
  const ids = await packTokens([text], {
    encode: (piece) => tokenizer.encodeToIds(piece),
    vocabSize: tokenizer.vocabSize,
  });
  const config = { ...SIZES[size], vocabSize: tokenizer.vocabSize };
  const model: CausalLanguageModel = gptFamily.create(config, TASK, randomParameters(key.fold('parameters')));
  const run = train({
    model,
    objective: causalLanguageModeling(),
    data: randomWindows(ids, { blockLength: config.maxPositions + 1, key: key.fold('data') }),
    optimizer: adamw({ beta2: 0.99, weightDecay: 0.1 }),
    schedule: warmupCosine({ peak: PEAK_RATE, floor: PEAK_RATE / 10, warmupSteps: Math.min(50, numSteps), numSteps }),
    numSteps,
    batchSize: BATCH_SIZE,
    clipNorm: 1,
    key,
    engine,
  });
  return { start: { config, model, tokenizer }, run };
}

// #region files
/** The files of a model folder, as Python reads it, by name. */
export async function toFiles({ config, model, tokenizer }: CharacterModel): Promise<Map<string, Uint8Array>> {
  const files = await pretrainedFiles({ family: anyFamily(gptFamily), config, task: TASK, model, tokenizer });
  return new Map(files.map(({ name, chunks }) => [name, joined([...chunks])]));
}

/** @throws {ClozeError} when the files are not those of a GPT with a tokenizer. */
export async function fromFiles(files: ReadonlyMap<string, Uint8Array>): Promise<CharacterModel> {
  const { config, model, tokenizer } = await loadPretrainedOf(gptFamily, memoryRepository(files), { task: TASK });
  if (tokenizer !== undefined) return { config, model, tokenizer };
  disposeModule(model);
  throw new Error('The folder holds no tokenizer.json; a model that writes needs one.');
}

// #endregion files

/** Writes on from a prompt, piece by piece. */
export async function* write(
  { model, tokenizer }: CharacterModel,
  { prompt, maxTokens, engine, seed }: { prompt: string; maxTokens: number; engine: Engine; seed: number },
): AsyncGenerator<string, void, void> {
  const decoder = await Decoder.create(model, { engine });
  try {
    const key = RandomKey.fromSeed(seed);
    const ids = tokenizer.encodeToIds(prompt);
    for await (const { text } of generateText(decoder, tokenizer, ids, { maxTokens, temperature: 0.8, key }))
      yield text;
  } finally {
    decoder.dispose();
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
