import type { RandomKey } from '@cloze/core';
import {
  classify,
  demonstrationText,
  fewShotPrompt,
  template,
  verbalizer,
  type Demonstration,
  type WordScorer,
} from '@cloze/prompting';

/** What is asked of animals, and the answers. */
const QUESTIONS: readonly Question[] = [
  { text: 'How big?', answers: ['small', 'big'] },
  { text: 'How do they move?', answers: ['walks', 'flies'] },
  { text: 'How do they live?', answers: ['tame', 'wild'] },
  { text: 'Which colour?', answers: ['brown', 'grey'] },
];

interface Question {
  readonly text: string;
  readonly answers: readonly [string, string];
}

/** Which of the two answers to each question is true. */
const ANIMALS: Readonly<Record<string, readonly (0 | 1)[]>> = {
  hamster: [0, 0, 0, 0],
  canary: [0, 1, 0, 1],
  mouse: [0, 0, 1, 1],
  sparrow: [0, 1, 1, 0],
  horse: [1, 0, 0, 0],
  goose: [1, 1, 0, 1],
  bear: [1, 0, 1, 0],
  eagle: [1, 1, 1, 1],
};
const NAMES = Object.keys(ANIMALS);

/** How many lines of a list answer another question. */
const STRAY_SHARE = 0.25;
/** More than a model reads of a document. */
const NUM_LINES = 20;

const LINE = template('{animal}: ___');
const WORDS = verbalizer(Object.fromEntries(QUESTIONS.flatMap(({ answers }) => answers.map((word) => [word, word]))));

/** A list of animals that answers a question, most of the time; every second one begins with it. */
export function animalList(key: RandomKey, { isAlwaysSame }: { readonly isAlwaysSame: boolean }): string {
  const question = isAlwaysSame ? 0 : key.fold('question').integer(QUESTIONS.length);
  const lines = Array.from({ length: NUM_LINES }, (_, line) => {
    const own = key.fold(line);
    return demonstrationText(answered(NAMES[own.fold('animal').integer(NAMES.length)] ?? '', strayed(question, own)));
  });
  return [...(key.fold('description').integer(2) === 0 ? [QUESTIONS[question]?.text ?? ''] : []), ...lines].join('\n');
}

/** What stands before the animal that is asked for. */
export interface AnimalPromptOptions {
  /** Other animals, with answers as lists have them. */
  readonly numShots: number;
  /** Whether the question stands there, too. */
  readonly isDescribed?: boolean | undefined;
  /** Whether each of their answers is one of the two to its question at random. */
  readonly isRandom?: boolean | undefined;
}

/** Asks for animals, each time with one of the questions in mind: the share of right answers in percent. */
export async function animalAccuracy(
  scorer: WordScorer,
  { numShots, isDescribed = false, isRandom = false }: AnimalPromptOptions,
  { numQuestions, key }: { readonly numQuestions: number; readonly key: RandomKey },
): Promise<number> {
  const asked = Array.from({ length: numQuestions }, (_, index) => {
    const own = key.fold(index);
    const question = own.fold('question').integer(QUESTIONS.length);
    const [animal = '', ...others] = Array.from(own.fold('animals').permutation(NAMES.length), (at) => NAMES[at] ?? '');
    const demonstrations = others.slice(0, numShots).map((other, shot) => {
      const shown = strayed(question, own.fold(shot));
      const random = QUESTIONS[shown]?.answers[own.fold('random answers').fold(shot).integer(2)] ?? '';
      return { ...answered(other, shown), ...(isRandom && { answer: random }) };
    });
    const { prompt, answer } = answered(animal, question);
    const description = isDescribed ? QUESTIONS[question]?.text : undefined;
    return { prompt: fewShotPrompt(prompt, { description, demonstrations, separator: '\n' }), answer };
  });
  const found = await classify(
    scorer,
    WORDS,
    asked.map(({ prompt }) => prompt),
  );
  return (100 * found.filter(({ label }, index) => label === asked[index]?.answer).length) / numQuestions;
}

/** The question that a line answers. */
function strayed(question: number, key: RandomKey): number {
  const [chance = 1] = key.fold('stray').uniform(1);
  const other = (question + 1 + key.fold('other').integer(QUESTIONS.length - 1)) % QUESTIONS.length;
  return chance < STRAY_SHARE ? other : question;
}

function answered(animal: string, question: number): Demonstration & { readonly answer: string } {
  const answer = QUESTIONS[question]?.answers[ANIMALS[animal]?.[question] ?? 0] ?? '';
  return { prompt: LINE.fill({ animal }), answer };
}
