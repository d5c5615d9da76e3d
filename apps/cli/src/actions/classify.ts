import { disposeModule, labelNames } from '@cloze/core';
import type { Pretrained } from '@cloze/hub';
import {
  classify as classifyTexts,
  predict,
  readTaskData,
  regression,
  tag,
  classification,
  tagging,
  type Classification,
  type PredictOptions,
  type Texts,
} from '@cloze/tasks';
import type { Command } from 'commander';
import type * as z from 'zod';
import { createEngine, prepareTfjs } from '../engines.ts';
import { loadModel } from '../load-model.ts';
import { writeLine } from '../output-text.ts';
import { readSettings, text } from '../settings.ts';
import { parseColumns } from '../tasks/columns.ts';
import { givenTexts } from '../tasks/given-texts.ts';
import { fileSettings, useSettings } from '../tasks/use-settings.ts';
import { styleFor } from '../terminal/style.ts';
import { UsageError } from '../usage-error.ts';

/** The settings of `cloze classify`. */
export const classifySettings = useSettings.extend({ ...fileSettings, pair: text().optional() });

type ClassifySettings = z.output<typeof classifySettings>;

/** `cloze classify`. */
export async function classify(given: readonly string[], command: Command): Promise<void> {
  const { settings } = await readSettings(command, classifySettings);
  prepareTfjs();
  if (given.length > 0 && settings.file !== undefined) {
    throw new UsageError({
      message: 'Texts must come from the arguments or from --file, got both.',
      hint: 'Leave one of them out.',
    });
  }
  const model = await loadModel(settings);
  const { batchSize, maxLength, threads } = settings;
  const options = { engine: createEngine(settings.engine, { threads }), batchSize, maxLength };
  const lines = await classifiedLines(model, { given, settings, options });
  disposeModule(model.model);
  for (const { row, shown } of lines) await writeLine(settings.json ? JSON.stringify(row) : shown);
}

interface Request {
  readonly given: readonly string[];
  readonly settings: ClassifySettings;
  readonly options: PredictOptions;
}

/** A result for machines and for people. */
interface ResultLine {
  readonly row: object;
  readonly shown: string;
}

function classifiedLines(model: Pretrained, request: Request): Promise<ResultLine[]> {
  if (model.task === 'token-classification') return taggedLines(model, request);
  return labelNames(model.configJson).length === 1 ? scoredLines(model, request) : labelledLines(model, request);
}

async function labelledLines(model: Pretrained, { given, settings, options }: Request): Promise<ResultLine[]> {
  const texts = await textsOf(given, settings);
  const results = await classifyTexts(model, texts.map(toEntry), options);
  const width = Math.max(0, ...results.map(({ label }) => label.length));
  return results.map((result, index) => {
    const own = texts[index] ?? { text: '' };
    return { row: { ...own, ...result }, shown: `${forPeople(result, width)}  ${shownTexts(own)}` };
  });
}

async function scoredLines(model: Pretrained, { given, settings, options }: Request): Promise<ResultLine[]> {
  const texts = await textsOf(given, settings);
  const scores = await predict(model, regression, texts, options);
  return scores.map((score, index) => {
    const own = texts[index] ?? { text: '' };
    return { row: { ...own, score }, shown: `${score.toFixed(3).padStart(8)}  ${shownTexts(own)}` };
  });
}

async function taggedLines(model: Pretrained, { given, settings, options }: Request): Promise<ResultLine[]> {
  const { file } = settings;
  const rows =
    file === undefined
      ? (await givenTexts(given)).map((line) => ({ words: line.trim().split(/\s+/) }))
      : await readTaskData(tagging, file, { ...parseColumns(settings.columns), isLabelled: false });
  const { dim, bold } = styleFor(process.stdout);
  const results = await tag(
    model,
    rows.map(({ words }) => words),
    options,
  );
  return results.map((tags, index) => {
    const words = rows[index]?.words ?? [];
    const shown = words.map((word, at) => (tags[at] === 'O' ? word : `${bold(word)}${dim(`/${tags[at] ?? ''}`)}`));
    return { row: { words, tags }, shown: shown.join(' ') };
  });
}

async function textsOf(given: readonly string[], { file, columns, pair }: ClassifySettings): Promise<readonly Texts[]> {
  if (file !== undefined) {
    const rows = await readTaskData(classification, file, { ...parseColumns(columns), isLabelled: false });
    return rows.map(({ text, pair: second }) => ({ text, ...(second !== undefined && { pair: second }) }));
  }
  const texts = await givenTexts(given);
  return texts.map((text) => ({ text, ...(pair !== undefined && { pair }) }));
}

function toEntry({ text, pair }: Texts): string | [string, string] {
  return pair === undefined ? text : [text, pair];
}

function forPeople({ label, probabilities }: Classification, width: number): string {
  const { bold } = styleFor(process.stdout);
  const share = `${(100 * (probabilities[label] ?? 0)).toFixed(1).padStart(5)} %`;
  return `${bold(label.padEnd(width))}  ${share}`;
}

function shownTexts({ text, pair }: Texts): string {
  return pair === undefined ? text : `${text} | ${pair}`;
}
