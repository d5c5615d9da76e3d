import { Decoder, generateBatch, type GenerateOptions } from '@cloze/generation';
import { extractAnswer, majority } from '@cloze/prompting';
import { readDocuments } from '../document-reader.ts';
import type { Experiment, Setting } from '../experiment.ts';
import { answer, EQUALS, lightDocument, lightProblem, NUM_VISITS, question, SO } from './light-switch.ts';

const NUM_STEPS = 600;
const LONGER = 4;
/** Chains that vote. */
const NUM_CHAINS = 9;
/** Each visit and how the light is then, the sign, and the answer. */
const CHAIN_LENGTH = 2 * NUM_VISITS + 2;
const ANSWER = /= (on|off)/;

const AT_ONCE = 'at once';
const AT_ONCE_LATER = `at once, after ${LONGER} times the reading`;
const LIKELIEST = 'the likeliest chain';
const RANDOM = 'a chain at random';
const MAJORITY = `what most of ${NUM_CHAINS} chains say`;

/** Chapter 6, too. */
export const chainOfThought: Experiment = {
  name: 'chain-of-thought',
  title: 'Thinking in steps',
  question: 'Is an answer better when the model writes how it comes to it?',
  method:
    `A GPT of 2 layers x 64 reads about lights for ${NUM_STEPS} steps of 32 texts: one is on or off at first, ${NUM_VISITS} visitors flip the switch or keep it as it is, and at last it is on or off. ` +
    'Of half of the lights it reads the answer at once, of the others first who came and how the light was then. Then it is asked about 256 lights that it has not read about: for the ' +
    `answer at once, and for a chain of thoughts, the likeliest one, one drawn at random, or ${NUM_CHAINS} drawn at random of which the most frequent answer counts. ` +
    `Beside it one that reads ${LONGER} times as long.`,
  seeds: [1, 2, 3],
  measures: { accuracy: { label: 'accuracy, %', digits: 1 } },
  plots: [{ measure: 'accuracy' }],
  claims: [
    {
      // Wei et al. 2022.
      text: 'a chain of thought is better than an answer at once',
      unit: 'points of accuracy',
      margin: (of) => of(LIKELIEST, 'accuracy') - of(AT_ONCE, 'accuracy'),
    },
    {
      text: `an answer at once is better than a guess after ${LONGER} times the reading`,
      unit: 'points of accuracy',
      margin: (of) => of(AT_ONCE_LATER, 'accuracy') - 50,
    },
    {
      // Wang et al. 2023.
      text: 'what most chains come to is better than one chain at random',
      unit: 'points of accuracy',
      margin: (of) => of(MAJORITY, 'accuracy') - of(RANDOM, 'accuracy'),
    },
    {
      text: 'what most chains come to is better than the likeliest chain',
      unit: 'points of accuracy',
      margin: (of) => of(MAJORITY, 'accuracy') - of(LIKELIEST, 'accuracy'),
    },
  ],
  run: async (setting) => {
    const { progress } = setting;
    const askAll = async (ask: Ask): Promise<Answers> => {
      const chains: (readonly (string | undefined)[])[] = [];
      for (let chain = 0; chain < NUM_CHAINS; chain++) {
        progress(0.2 + (0.1 * chain) / NUM_CHAINS, 'thinking');
        chains.push(await ask(SO, { maxTokens: CHAIN_LENGTH, key: setting.key.fold('chains').fold(chain) }));
      }
      return {
        [AT_ONCE]: await ask(EQUALS, { maxTokens: 1 }),
        [LIKELIEST]: await ask(SO, { maxTokens: CHAIN_LENGTH }),
        [RANDOM]: chains[0] ?? [],
        [MAJORITY]: (chains[0] ?? []).map((_, index) => majority(chains.map((answers) => answers[index]))[0]?.answer),
      };
    };
    const answers = {
      ...(await askReader(setting, { numSteps: NUM_STEPS, from: 0, to: 0.2 }, askAll)),
      ...(await askReader(setting, { numSteps: LONGER * NUM_STEPS, from: 0.3, to: 1 }, async (ask) => ({
        [AT_ONCE_LATER]: await ask(EQUALS, { maxTokens: 1 }),
      }))),
    };
    const right = problemsOf(setting).map(answer);
    return Object.entries<readonly (string | undefined)[]>(answers).map(([name, given]) => ({
      name,
      values: { accuracy: (100 * right.filter((text, index) => text === given[index]).length) / right.length },
    }));
  },
};

/** The answers to all problems, as far as there are any, by how they were asked for. */
type Answers = Readonly<Record<string, readonly (string | undefined)[]>>;
/** Asks for all problems at once: `cue` stands behind the question. */
type Ask = (cue: string, options: GenerateOptions) => Promise<readonly (string | undefined)[]>;

async function askReader(
  setting: Setting,
  { numSteps, from, to }: { readonly numSteps: number; readonly from: number; readonly to: number },
  ask: (ask: Ask) => Promise<Answers>,
): Promise<Answers> {
  const { isQuick, key, engine, progress } = setting;
  const reader = await readDocuments({
    ...{ documentOf: lightDocument, numSteps, isQuick, key: key.fold('reader'), engine },
    progress: (fraction) => {
      progress(from + (to - from) * fraction, 'reading about lights');
    },
  });
  const { model, tokenizer } = reader;
  const decoder = await Decoder.create(model, { engine });
  const problems = problemsOf(setting);
  const answers = await ask(async (cue, options) => {
    const prompts = problems.map((problem) =>
      tokenizer.encodeToIds(`${question(problem)}${cue}`, { addSpecialTokens: false }),
    );
    const written = await generateBatch(decoder, prompts, options);
    return written.map(({ ids }) => extractAnswer(`${cue}${tokenizer.decode(ids)}`, ANSWER));
  });
  decoder.dispose();
  reader.dispose();
  return answers;
}

/** None of them was read about. */
function problemsOf({ isQuick, key }: Setting): ReturnType<typeof lightProblem>[] {
  const problems = key.fold('problems');
  return Array.from({ length: isQuick ? 4 : 256 }, (_, index) => lightProblem(problems.fold(index), { isTest: true }));
}
