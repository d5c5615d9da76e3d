import { RandomKey, randomParameters, type CausalLanguageModel } from '@cloze/core';
import { packTokens, randomWindows } from '@cloze/datasets';
import { Decoder, generateText } from '@cloze/generation';
import { gptFamily, gptNano } from '@cloze/gpt';
import { anyFamily, savePretrained } from '@cloze/hub';
import { onnxRuntimeEngine } from '@cloze/jit';
import { causalLanguageModeling } from '@cloze/objectives';
import { trainByteLevelBpe } from '@cloze/tokenizer';
import { adamw, train, warmupCosine } from '@cloze/training';

/** Trains a small GPT on a text, saves it for Python, too, and lets it write. */
export async function pretrainAGpt(text: string, folder: string, numSteps: number): Promise<string> {
  // #region train
  const tokenizer = trainByteLevelBpe([text], { vocabSize: 512 });
  const ids = await packTokens([text], { encode: (piece) => tokenizer.encodeToIds(piece), vocabSize: 512 });

  const key = RandomKey.fromSeed(1);
  const config = { ...gptNano, vocabSize: tokenizer.vocabSize };
  const task = 'causal-language-modeling';
  const model: CausalLanguageModel = gptFamily.create(config, task, randomParameters(key.fold('weights')));

  const run = train({
    model,
    objective: causalLanguageModeling(),
    data: randomWindows(ids, { blockLength: config.maxPositions + 1, key: key.fold('data') }),
    optimizer: adamw(),
    schedule: warmupCosine({ peak: 3e-3, floor: 3e-4, warmupSteps: 20, numSteps }),
    numSteps,
    batchSize: 12,
    key,
    engine: onnxRuntimeEngine(),
  });
  for await (const { step, loss } of run) console.log(step, loss.toFixed(3));
  // #endregion train

  // #region save
  await savePretrained(folder, { family: anyFamily(gptFamily), config, task, model: run.model, tokenizer });
  // #endregion save

  // #region write
  const decoder = await Decoder.create(run.model, { engine: onnxRuntimeEngine() });
  let written = 'The';
  const prompt = tokenizer.encodeToIds(written);
  for await (const { text: piece } of generateText(decoder, tokenizer, prompt, { maxTokens: 40, key }))
    written += piece;
  // #endregion write
  decoder.dispose();
  run.dispose();
  return written;
}
