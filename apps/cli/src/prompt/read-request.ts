import { ClozeError } from '@cloze/core';
import { aroundBlank, reasonedAnswer, type Template, type Verbalizer } from '@cloze/prompting';
import { UsageError } from '../usage-error.ts';
import { readLabels } from './read-labels.ts';
import { promptRows, textRows, type PromptRow } from './read-rows.ts';
import { readTemplate } from './read-template.ts';
import type { PromptSettings } from './settings.ts';
import { extractor } from './write-answers.ts';

/** What is asked, and how. */
export interface PromptRequest {
  readonly template: Template;
  readonly questions: readonly PromptRow[];
  readonly examples: readonly PromptRow[];
  /** The labels to choose among; absent where the model writes. */
  readonly verbalizer: Verbalizer | undefined;
  /** What an example shows in its blank. */
  readonly shownAnswer: (example: PromptRow) => string;
}

/** The column of examples with the thoughts before the answer. */
const REASONING_COLUMN = 'reasoning';

/**
 * Reads all that is asked, so that whatever is wrong with it is told before a model is loaded.
 *
 * @throws {UsageError} when flags contradict each other.
 * @throws {ClozeError} when a slot has no value, with file and line; when an answer is none of the labels.
 */
export async function readRequest(texts: readonly string[], settings: PromptSettings): Promise<PromptRequest> {
  checkFlags(texts, settings);
  extractor(settings);
  const { labels, answerColumn, file, chainOfThought } = settings;
  const verbalizer = labels && (await readLabels(labels));
  const template = await readTemplate(settings.template, { hasBlank: verbalizer !== undefined });
  const columns = chainOfThought ? [answerColumn, REASONING_COLUMN] : [answerColumn];
  const examples = settings.examples === undefined ? [] : await promptRows(settings.examples, template, columns);
  const shownAnswer = (example: PromptRow): string => {
    const answer = example[answerColumn] ?? '';
    if (verbalizer !== undefined) return wordFor(answer, verbalizer);
    return chainOfThought ? reasonedAnswer({ reasoning: example[REASONING_COLUMN] ?? '', answer }) : answer;
  };
  examples.forEach(shownAnswer);
  const questions = file === undefined ? await textRows(texts, template) : await promptRows(file, template);
  const [first] = questions;
  if (first === undefined) throw noQuestion(file);
  checkBlank(template, first, verbalizer === undefined);
  return { template, questions, examples, verbalizer, shownAnswer };
}

function checkFlags(texts: readonly string[], settings: PromptSettings): void {
  const { labels, file, calibrate, chainOfThought, samples, answerPattern } = settings;
  if (texts.length > 0 && file !== undefined) {
    throw new UsageError({
      message: 'Texts must come from the arguments or from --file, got both.',
      hint: 'Leave one of them out.',
    });
  }
  if (labels === undefined && calibrate) {
    throw new UsageError({
      message: '--calibrate needs words to choose among, got no --labels.',
      hint: 'Give them as --labels LABEL=WORD for each label.',
    });
  }
  if (calibrate && settings.select === 'nearest') {
    throw new UsageError({
      message: '--calibrate needs the same examples for all questions, got --select nearest.',
      hint: 'Select them another way.',
    });
  }
  if (labels !== undefined && (chainOfThought || samples > 1 || answerPattern !== undefined)) {
    throw new UsageError({
      message:
        'With --labels the model chooses and does not write, so there is no chain of thought, sample or pattern.',
      hint: 'Leave out --labels, or --chain-of-thought, --samples and --answer-pattern.',
    });
  }
}

/** The first word of a label; examples may also give one of its words. */
function wordFor(answer: string, { labels, words, labelOfWord }: Verbalizer): string {
  const word = words[labelOfWord.indexOf(labels.indexOf(answer))] ?? words.find((other) => other === answer);
  if (word !== undefined) return word;
  throw new ClozeError('DATA_INVALID', {
    message: `The answer of an example must be one of the labels ${labels.join(', ')}, got ${JSON.stringify(answer)}.`,
    hint: 'Add it to --labels, or correct the examples.',
  });
}

function checkBlank(template: Template, question: PromptRow, isWritten: boolean): void {
  const [, after] = aroundBlank(template.fill(question));
  if (!isWritten || after.trim() === '') return;
  throw new UsageError({
    message: `A template must end with its blank where the model writes, got ${JSON.stringify(after)} after it.`,
    hint: 'Leave that out, or let the model choose among --labels.',
  });
}

function noQuestion(file: string | undefined): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: 'There must be at least one row to ask about, got none.',
    hint: 'Check that the file holds more than the names of columns.',
    file,
  });
}
