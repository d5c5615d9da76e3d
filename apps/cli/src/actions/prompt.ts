import { ClozeError, disposeModule, RandomKey } from '@cloze/core';
import { Decoder, type WritingModel } from '@cloze/generation';
import type { Pretrained } from '@cloze/hub';
import { aroundBlank, fillBlanks, type FewShotPrompt } from '@cloze/prompting';
import type { Tokenizer } from '@cloze/tokenizer';
import type { Command } from 'commander';
import { createEngine, prepareTfjs } from '../engines.ts';
import { loadModel } from '../load-model.ts';
import { writeLine } from '../output-text.ts';
import { promptFor, type PromptParts } from '../prompt/build-prompts.ts';
import { chooseLabels } from '../prompt/choose-labels.ts';
import { readRequest, type PromptRequest } from '../prompt/read-request.ts';
import { accuracyLine, answerOf, toJson, toLine, type AnsweredPrompt } from '../prompt/report.ts';
import { promptSettings, type PromptSettings } from '../prompt/settings.ts';
import { tokenBudget } from '../prompt/token-budget.ts';
import { wordScorerFor } from '../prompt/word-scorer.ts';
import { answerWriter } from '../prompt/write-answers.ts';
import { readSettings } from '../settings.ts';
import { styleFor } from '../terminal/style.ts';
import { UsageError } from '../usage-error.ts';

/** `cloze prompt`. */
export async function prompt(texts: readonly string[], command: Command): Promise<void> {
  const { settings } = await readSettings(command, promptSettings);
  prepareTfjs();
  const request = await readRequest(texts, settings);
  const loaded = await loadModel(settings);
  const { tokenizer } = loaded;
  if (tokenizer === undefined) throw noTokenizer(settings.model);
  const key = RandomKey.fromSeed(settings.seed);
  const budget = tokenBudget(loaded, tokenizer, { ...settings, words: request.verbalizer?.words ?? [] });
  const parts: PromptParts = { ...request, settings, budget, key: key.fold('examples') };
  const prompts = request.questions.map((question) => promptFor(question, parts));
  const results = await resultsOf(prompts, { request, parts, loaded, tokenizer, settings, key });
  const answered = prompts.map((asked, index): AnsweredPrompt[] => {
    const [question, result] = [request.questions[index] ?? {}, results[index]];
    if (result === undefined) return [];
    return [
      {
        prompt: fillBlanks(asked, () => '___'),
        shown: request.template.slots.map((slot) => question[slot] ?? '').join(' | '),
        numExamples: asked.numShown,
        result,
        expected: question[settings.answerColumn],
      },
    ];
  });
  await report(answered.flat(), settings);
}

interface Asking {
  readonly request: PromptRequest;
  readonly parts: PromptParts;
  readonly loaded: Pretrained;
  readonly tokenizer: Tokenizer;
  readonly settings: PromptSettings;
  readonly key: RandomKey;
}

async function resultsOf(prompts: readonly FewShotPrompt[], asking: Asking): Promise<AnsweredPrompt['result'][]> {
  const { request, parts, loaded, tokenizer, settings } = asking;
  if (request.verbalizer === undefined) return writtenAnswers(prompts, asking);
  const scorer = await wordScorerFor(loaded, tokenizer, createEngine(settings.engine, { threads: settings.threads }));
  disposeModule(loaded.model);
  try {
    const { verbalizer } = request;
    return await chooseLabels(prompts, { parts, verbalizer, scorer, calibrates: settings.calibrate });
  } finally {
    scorer.dispose();
  }
}

async function writtenAnswers(
  prompts: readonly FewShotPrompt[],
  { request, loaded, tokenizer, settings, key }: Asking,
): Promise<AnsweredPrompt['result'][]> {
  const decoder = await createDecoder(loaded, settings);
  try {
    const hasExamples = request.examples.length > 0;
    const write = answerWriter({ decoder, tokenizer, generation: loaded.generation, settings, hasExamples });
    const results: AnsweredPrompt['result'][] = [];
    for (const [index, asked] of prompts.entries()) {
      results.push(await write(aroundBlank(asked)[0].trimEnd(), key.fold('samples').fold(index)));
    }
    return results;
  } finally {
    decoder.dispose();
  }
}

async function createDecoder({ model, family, task }: Pretrained, settings: PromptSettings): Promise<Decoder> {
  if (task !== 'causal-language-modeling' && task !== 'conditional-generation') {
    throw new UsageError({
      message: `The model must be one that writes text, got a ${family.name} model for ${task}.`,
      hint: 'Give words for it to choose among (--labels), or name a model of gpt, t5 or bart.',
    });
  }
  const engine = createEngine(settings.engine, { threads: settings.threads });
  const decoder = await Decoder.create(model as WritingModel, { engine });
  // The decoder has copies.
  disposeModule(model);
  return decoder;
}

async function report(answered: readonly AnsweredPrompt[], { json }: PromptSettings): Promise<void> {
  const width = answered.reduce((longest, { result }) => Math.max(longest, (answerOf(result) ?? '').length), 0);
  for (const each of answered) await writeLine(json ? toJson(each) : toLine(each, width));
  const accuracy = accuracyLine(answered);
  if (!json && accuracy !== undefined) await writeLine(styleFor(process.stdout).dim(accuracy));
}

function noTokenizer(folder: string): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: 'The model folder must hold tokenizer.json, found none.',
    hint: 'Copy it there from where the model comes from.',
    file: folder,
  });
}
