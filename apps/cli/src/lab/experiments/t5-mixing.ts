import { disposeModule, type EncoderDecoderModel } from '@cloze/core';
import { listSource, mixingRate, mixture, type MixingOptions } from '@cloze/datasets';
import { randomSpans, spanCorruptionLengths, textCorruption } from '@cloze/objectives';
import type { Condition, Experiment } from '../experiment.ts';
import { MESSAGE_MEASURES, messageWriter } from '../message-writer.ts';
import { T5_TOKENS, T5_WRITER } from '../small-encoder-decoders.ts';

/** How many messages each task has to learn from, and what is measured on the others. */
const TASKS = {
  kind: { numTraining: 100, measure: 'exactMatch' },
  continuation: { numTraining: 400, measure: 'loss' },
  restoration: { numTraining: 800, measure: 'loss' },
} as const;
const TASK_NAMES = ['kind', 'continuation', 'restoration'] as const;
type TaskName = (typeof TASK_NAMES)[number];

const ALONE = 'each alone';
const TUNED = 'in proportion, then each alone';
const MIXTURES: Readonly<Record<string, MixingOptions>> = {
  'in equal parts': { maximum: 1 },
  'in proportion': {},
  'temperature 2': { temperature: 2 },
};

/** Chapter 8. */
export const t5Mixing: Experiment = {
  name: 't5-mixing',
  title: 'Many tasks, one network',
  question: 'May one network learn several tasks at once, and in which proportion?',
  method:
    "A T5 of 2 + 2 layers x 64 restores spans of the documentation comments of TypeScript's libraries. From there, three tasks with messages of the compiler are " +
    'learned, each with its name before the text: the kind of a message from 100 labels, its second half from 400 messages, and the message for what is left of ' +
    'it in lower case without its small words from 800. Either each task gets its own copy of the network and 300 steps; or one copy learns all in 900 steps, ' +
    'with examples drawn from each task equally often, in proportion to their number, or to its square root; or one copy learns all in 450 steps, and from it each ' +
    'task gets its own copy and 150 steps. All are measured on 640 messages that no training saw.',
  seeds: [1, 2, 3],
  measures: MESSAGE_MEASURES,
  plots: [{ measure: 'kind' }, { measure: 'continuation' }, { measure: 'restoration' }],
  claims: [
    {
      text: 'one network for all tasks is worse than one for each where there is most data',
      unit: 'nats per token',
      margin: (of) => of('in proportion', 'restoration') - of(ALONE, 'restoration'),
    },
    {
      text: 'one network for all tasks is worse than one for each where there is least data',
      unit: 'points of accuracy',
      margin: (of) => of(ALONE, 'kind') - of('in proportion', 'kind'),
    },
    {
      text: 'equal parts are worse than proportion where there is most data',
      unit: 'nats per token',
      margin: (of) => of('in equal parts', 'restoration') - of('in proportion', 'restoration'),
    },
    {
      text: 'proportion neglects the task with least data: equal parts are better there',
      unit: 'points of accuracy',
      margin: (of) => of('in equal parts', 'kind') - of('in proportion', 'kind'),
    },
    {
      text: 'fine-tuning after learning all tasks is better than learning all tasks to the end, where there is least data',
      unit: 'points of accuracy',
      margin: (of) => of(TUNED, 'kind') - of('in proportion', 'kind'),
    },
    {
      text: 'it is no worse than each alone by 2 points or more',
      unit: 'points of accuracy',
      margin: (of) => of(TUNED, 'kind') - of(ALONE, 'kind') + 2,
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const writer = await messageWriter(T5_WRITER, { isQuick, key, engine });
    const { start, trainer, lengths } = writer;
    const sourceOf = (task: TaskName) =>
      listSource(writer.lessons(task, TASKS[task].numTraining, `${task}: `), { key: key.fold(task) });
    const learnOne = (model: EncoderDecoderModel, task: TaskName, numSteps: number): Promise<EncoderDecoderModel> =>
      trainer.train(model, {
        objective: trainer.objective,
        data: sourceOf(task),
        ...{ numSteps: isQuick ? 1 : numSteps, learningRate: 3e-3, key: key.fold('fine-tuning') },
      });
    const learnAll = (
      model: EncoderDecoderModel,
      options: MixingOptions,
      numSteps: number,
    ): Promise<EncoderDecoderModel> =>
      trainer.train(model, {
        objective: trainer.objective,
        data: mixture(
          TASK_NAMES.map((task) => ({ source: sourceOf(task), rate: mixingRate(TASKS[task].numTraining, options) })),
          { key: key.fold('mixture') },
        ),
        ...{ numSteps: isQuick ? 1 : numSteps, learningRate: 3e-3, key: key.fold('fine-tuning') },
      });
    const measured = (model: EncoderDecoderModel, task: TaskName): Promise<number> =>
      trainer[TASKS[task].measure](model, writer.exam(task, `${task}: `));
    const measuredAlone = async (
      model: EncoderDecoderModel,
      numSteps: number,
    ): Promise<Readonly<Record<string, number>>> => {
      const values: Record<string, number> = {};
      for (const task of TASK_NAMES) {
        const tuned = await learnOne(model, task, numSteps);
        values[task] = await measured(tuned, task);
        disposeModule(tuned);
      }
      return values;
    };

    const { textLength } = spanCorruptionLengths(lengths);
    const pretrained = await trainer.train(start, {
      objective: textCorruption({ ...T5_TOKENS, ...lengths, corrupt: randomSpans(T5_TOKENS) }),
      data: await writer.comments(textLength),
      ...{ numSteps: isQuick ? 2 : 1200, learningRate: 3e-3, key: key.fold('pre-training') },
      progress: (fraction) => {
        progress(0.25 * fraction, 'pre-training');
      },
    });
    const conditions: Condition[] = [];
    const tell = (doing: string): void => {
      progress(0.25 + 0.15 * conditions.length, doing);
    };

    tell(ALONE);
    conditions.push({ name: ALONE, values: await measuredAlone(pretrained, 300) });
    for (const [name, options] of Object.entries(MIXTURES)) {
      tell(name);
      const model = await learnAll(pretrained, options, 900);
      const values: Record<string, number> = {};
      for (const task of TASK_NAMES) values[task] = await measured(model, task);
      disposeModule(model);
      conditions.push({ name, values });
    }
    tell(TUNED);
    const mixed = await learnAll(pretrained, {}, 450);
    conditions.push({ name: TUNED, values: await measuredAlone(mixed, 150) });
    for (const model of [mixed, pretrained]) disposeModule(model);
    writer.dispose();
    return conditions;
  },
};
