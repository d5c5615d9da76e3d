import { disposeModule, RandomKey } from '@cloze/core';
import { onnxRuntimeEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { BaseModel } from './base-model.ts';
import { embed } from './embed.ts';
import { finetune } from './finetune.ts';
import { opinions, questions, taggedSentences } from './fixtures/synthetic-data.ts';
import { tinyBart, tinyBert, tinyElmo, tinyGlm, tinyGpt, tinyT5 } from './fixtures/tiny-models.ts';
import { classify } from './predict.ts';
import type { Task } from './task.ts';
import { classification } from './tasks/classification.ts';
import { languageModeling } from './tasks/language-modeling.ts';
import { multipleChoice } from './tasks/multiple-choice.ts';
import { questionAnswering } from './tasks/question-answering.ts';
import { regression } from './tasks/regression.ts';
import { tagging } from './tasks/tagging.ts';
import { textToText } from './tasks/text-to-text.ts';

const engine = onnxRuntimeEngine({ numThreads: 1 });
const key = RandomKey.fromSeed(1);

const FAMILIES = [
  ['elmo', tinyElmo],
  ['bert', tinyBert],
  ['gpt', tinyGpt],
  ['bart', tinyBart],
  ['t5', tinyT5],
  ['glm', tinyGlm],
] as const;

/** One epoch on a few rows; returns the first metric of the task, or the error. */
async function tryTask<Row, Prediction>(
  base: BaseModel,
  task: Task<Row, Prediction>,
  rows: readonly Row[],
): Promise<string> {
  try {
    const run = await finetune(base, { task, data: rows, validation: rows, numEpochs: 1, batchSize: 4, key, engine });
    let metrics: string[] = [];
    for await (const { validation } of run) metrics = Object.keys(validation ?? {});
    run.dispose();
    return metrics[0] ?? 'nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('tasks of the families', () => {
  leaksNoTensors();

  it.each(FAMILIES)(
    'of %s',
    async (_, make) => {
      const base = make();
      const texts = opinions(8, 1).map(({ text }) => text);
      const results = {
        classification: await tryTask(base, classification, opinions(8, 1)),
        regression: await tryTask(
          base,
          regression,
          texts.map((text, index) => ({ text, pair: text, score: index / 8 })),
        ),
        tagging: await tryTask(base, tagging, taggedSentences(8, 1)),
        questionAnswering: await tryTask(base, questionAnswering, questions(8, 1)),
        multipleChoice: await tryTask(
          base,
          multipleChoice,
          texts.map((question) => ({ question, choices: ['good', 'bad'], answer: 1 })),
        ),
        languageModeling: await tryTask(
          base,
          languageModeling,
          texts.map((text) => ({ text })),
        ),
        textToText: await tryTask(
          base,
          textToText,
          texts.slice(0, 4).map((source) => ({ source, target: 'good' })),
        ),
      };
      disposeModule(base.model);
      expect(results).toMatchSnapshot();
    },
    60_000,
  );

  it.each(FAMILIES)(
    '%s embeds and classifies texts as it does alone',
    async (_, make) => {
      const base = make();
      const texts = ['the film was good', 'a book was very very very bad', 'so sad', 'it is nice and fine'];
      const together = await embed(base, texts, { engine });
      for (const [index, text] of texts.entries()) {
        const [alone] = await embed(base, [text], { engine });
        expect(Array.from(together[index] ?? [])).toEqual(
          Array.from(alone ?? [], (value) => expect.closeTo(value, 4) as number),
        );
      }
      const run = await finetune(base, { task: classification, data: opinions(8, 1), numEpochs: 1, key, engine });
      const batched = await classify(run.tuned, texts, { engine, batchSize: 3 });
      const [first] = await classify(run.tuned, [texts[1] ?? ''], { engine });
      expect(batched[1]?.label).toBe(first?.label);
      expect(batched[1]?.probabilities.positive).toBeCloseTo(first?.probabilities.positive ?? Number.NaN, 5);
      run.dispose();
      disposeModule(base.model);
    },
    60_000,
  );

  it('leaves what published files keep beside the parameters as it is', async () => {
    const base = tinyBart();
    const data = [{ source: 'the film was good', target: 'good' }];
    const run = await finetune(base, { task: textToText, data, numEpochs: 1, key, engine });
    const { numParameters, numTrainable } = run.counts;
    // BART's bias of the logits, which no implementation trains.
    expect(numParameters - numTrainable).toBe(base.tokenizer?.vocabSize);
    const isHeadless = finetune(base, { task: textToText, data, schedule: 'head-first', key, engine });
    await expect(isHeadless).rejects.toThrow('The model must have a head with parameters of its own');
    run.dispose();
    disposeModule(base.model);
  });
});
