import { disposeModule, randomParameters, type BlankInfillingModel, type Objective, type RandomKey } from '@cloze/core';
import { packTokens, randomWindows, sequentialBlocks, splitTokens, type ExampleSource } from '@cloze/datasets';
import { glmFamily, glmSpecialTokens, glmTiny } from '@cloze/glm';
import { anyFamily } from '@cloze/hub';
import { blankInfilling, causalLanguageModeling, maskedLanguageModeling, type BlankKind } from '@cloze/objectives';
import type { BaseModel } from '@cloze/tasks';
import { trainWordPiece, type Tokenizer } from '@cloze/tokenizer';
import { defaultCorpus } from '../../corpus/default-corpus.ts';
import { idOfSpecial } from '../../pretrain/tokenizer.ts';
import type { Condition, Experiment } from '../experiment.ts';
import { fineTunedAccuracy } from '../fine-tuned-accuracy.ts';
import { messagesByKind } from '../messages-by-kind.ts';
import { BERT_TOKENS, newBert, newGpt, SMALL, TINY, type LabModel, type ModelSize } from '../small-models.ts';
import { trainModel } from '../train-model.ts';
import {
  filledByBert,
  filledByGlm,
  heldOutLoss,
  writtenByGpt,
  type InfillingTokens,
  type Text,
} from './glm-held-out.ts';

/** Tokens of a text, `[CLS]` included. */
const TEXT_LENGTH = 64;
/** Of a row of GLM: the text, and two more for each blank. */
const ROW_LENGTH = 80;
/** How often the held-out texts are read, with other blanks each time. */
const NUM_READINGS = 2;

/** BERT's special tokens have the places where BERT expects them; GLM's others follow. */
const SPECIAL_TOKENS = [...new Set(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...Object.values(glmSpecialTokens)])];

const GLM_BLANKS: Readonly<Record<string, Partial<Record<BlankKind, number>>>> = {
  'GLM, short blanks': { tokens: 1 },
  'GLM, long blanks': { document: 1 },
  'GLM, both': { tokens: 0.5, document: 0.5 },
};

/** What counts as close, in nats per token. */
const CLOSE = 0.1;

/** Chapter 9. */
export const glm: Experiment = {
  name: 'glm',
  title: 'One model that fills, classifies and writes',
  question: 'Can one model fill blanks as BERT does and write as GPT does, and what does it cost?',
  method:
    "GLMs of 2 layers x 64 read the documentation comments of TypeScript's libraries, with short blanks (3 tokens on average, 15 % of the text), with one long blank " +
    '(at least half of the text), or with either in turn. BERT and GPT of the same size read the same texts for as many steps. On the last tenth of the comments, which none of them read, ' +
    'they fill single tokens and write the second half of a text; all are asked for the same tokens. Then each learns what a message of the compiler is about from 200 ' +
    'labelled messages.',
  seeds: [1, 2, 3],
  measures: {
    filling: { label: 'filling, nats per token', digits: 3 },
    writing: { label: 'writing, nats per token', digits: 3 },
    accuracy: { label: 'classifying, accuracy, %', digits: 1 },
  },
  plots: [{ measure: 'filling' }, { measure: 'writing' }, { measure: 'accuracy' }],
  claims: [
    {
      text: `with both kinds of blanks, GLM fills nearly as well as with short ones alone: at most ${CLOSE} nats worse`,
      unit: 'nats per token',
      margin: (of) => CLOSE + of('GLM, short blanks', 'filling') - of('GLM, both', 'filling'),
    },
    {
      text: `with both kinds of blanks, GLM writes nearly as well as with long ones alone: at most ${CLOSE} nats worse`,
      unit: 'nats per token',
      margin: (of) => CLOSE + of('GLM, long blanks', 'writing') - of('GLM, both', 'writing'),
    },
    {
      text: 'a GLM of long blanks alone fills worse than one of both',
      unit: 'nats per token',
      margin: (of) => of('GLM, long blanks', 'filling') - of('GLM, both', 'filling'),
    },
    {
      text: 'a GLM of short blanks alone writes worse than one of both',
      unit: 'nats per token',
      margin: (of) => of('GLM, short blanks', 'writing') - of('GLM, both', 'writing'),
    },
    {
      text: 'GLM of both kinds of blanks fills better than BERT',
      unit: 'nats per token',
      margin: (of) => of('BERT', 'filling') - of('GLM, both', 'filling'),
    },
    {
      text: 'GLM of both kinds of blanks writes better than GPT',
      unit: 'nats per token',
      margin: (of) => of('GPT', 'writing') - of('GLM, both', 'writing'),
    },
    {
      text: 'GLM of both kinds of blanks classifies better than BERT',
      unit: 'points of accuracy',
      margin: (of) => of('GLM, both', 'accuracy') - of('BERT', 'accuracy'),
    },
    {
      text: 'GLM of both kinds of blanks classifies better than GPT',
      unit: 'points of accuracy',
      margin: (of) => of('GLM, both', 'accuracy') - of('GPT', 'accuracy'),
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const comments = (await defaultCorpus()).text.split('\n\n').slice(0, isQuick ? 200 : undefined);
    const tokenizer = trainWordPiece(comments, {
      ...{ vocabSize: isQuick ? 300 : 1024, specialTokens: SPECIAL_TOKENS, lowercase: true },
    });
    const { training, heldOut } = await textsOf(comments, tokenizer, key.fold('windows'));
    const messages = await messagesByKind({ numTraining: isQuick ? 16 : 200, key: key.fold('messages') });
    const task = {
      ...{ train: messages.train, test: isQuick ? messages.test.slice(0, 32) : messages.test, learningRate: 5e-4 },
      ...{ numEpochs: isQuick ? 1 : 20, key: key.fold('fine-tuning'), engine },
    };
    const held = {
      texts: isQuick ? heldOut.slice(0, 4) : Array.from({ length: NUM_READINGS }, () => heldOut).flat(),
      ...{ key: key.fold('held out'), engine },
    };
    // At 0.02, the published one, networks as small as these begin late to learn more than how frequent tokens are.
    const size = { ...(isQuick ? TINY : { ...SMALL, hiddenSize: 64 }), initializerRange: 0.06 };
    const tokens = infillingTokensOf(tokenizer);
    const { vocabSize } = tokenizer;
    const conditions: Condition[] = [];
    const options = (doing: string) => ({
      ...{
        data: training,
        numSteps: isQuick ? 2 : 2500,
        batchSize: isQuick ? 4 : 16,
        learningRate: 2e-3,
        key: key.fold('training'),
        engine,
      },
      progress: (fraction: number) => {
        progress((conditions.length + 0.8 * fraction) / 5, doing);
      },
    });
    const add = async (name: string, model: BaseModel, losses: Record<string, number>): Promise<void> => {
      const { accuracy } = await fineTunedAccuracy(model, task);
      conditions.push({ name, values: { ...losses, accuracy } });
    };

    for (const [name, kinds] of Object.entries(GLM_BLANKS)) {
      const objective = withStart(blankInfilling({ ...tokens, kinds }));
      const model = await trainModel(newGlm(tokenizer, size, key.fold('model')), { ...options(name), objective });
      await add(name, model, {
        filling: await heldOutLoss(model.model, filledByGlm('filling', tokens), held),
        writing: await heldOutLoss(model.model, filledByGlm('writing', tokens), held),
      });
      model.dispose();
    }
    const bert = await trainModel(newBert(tokenizer, size, key.fold('model')), {
      ...options('BERT'),
      objective: maskedLanguageModeling({ tokens: BERT_TOKENS, vocabSize, sequenceLength: TEXT_LENGTH + 1 }),
    });
    await add('BERT', bert, {
      filling: await heldOutLoss(bert.model, filledByBert({ ...tokens, vocabSize }), held),
    });
    bert.dispose();
    const gpt = await trainModel(newGpt(tokenizer, size, key.fold('model')), {
      ...options('GPT'),
      objective: withStart(causalLanguageModeling()),
    });
    await add('GPT', gpt, { writing: await heldOutLoss(gpt.model, writtenByGpt(tokens), held) });
    gpt.dispose();
    return conditions;
  },
};

/** Texts without `[CLS]` to learn from, and texts with it that are held out. */
async function textsOf(
  comments: readonly string[],
  tokenizer: Tokenizer,
  key: RandomKey,
): Promise<{ readonly training: ExampleSource<Text>; readonly heldOut: readonly Text[] }> {
  const ids = await packTokens(comments, {
    encode: (text) => tokenizer.encodeToIds(text, { addSpecialTokens: false }),
    ...{ vocabSize: tokenizer.vocabSize, separatorId: BERT_TOKENS.sepTokenId },
  });
  const { training, validation } = splitTokens(ids, 0.1);
  const blockLength = TEXT_LENGTH - 1;
  const heldOut = Array.from(sequentialBlocks(validation, { blockLength }), startedText);
  return { training: randomWindows(training, { blockLength, key }), heldOut: heldOut.slice(0, -1) };
}

/** The objective, with `[CLS]` before each text. */
function withStart<M, Field extends string>(objective: Objective<Text, M, Field>): Objective<Text, M, Field> {
  return { ...objective, prepare: (texts, key) => objective.prepare(texts.map(startedText), key) };
}

function startedText(text: Text): Int32Array {
  return Int32Array.of(BERT_TOKENS.clsTokenId, ...Array.from(text));
}

/** A GLM that was trained on nothing. */
function newGlm(tokenizer: Tokenizer, size: ModelSize, key: RandomKey): LabModel<BlankInfillingModel> {
  const { padTokenId } = BERT_TOKENS;
  const config = { ...glmTiny, ...size, vocabSize: tokenizer.vocabSize, padTokenId };
  const task = 'blank-infilling';
  const model = glmFamily.create(config, task, randomParameters(key));
  const dispose = (): void => {
    disposeModule(model);
  };
  return { family: anyFamily(glmFamily), config, task, tokenizer, model, dispose };
}

function infillingTokensOf(tokenizer: Tokenizer): InfillingTokens {
  const idOf = (name: keyof typeof glmSpecialTokens): number => idOfSpecial(tokenizer, glmSpecialTokens[name]);
  return {
    maskTokenId: idOf('mask'),
    documentMaskTokenId: idOf('documentMask'),
    startOfPieceTokenId: idOf('startOfPiece'),
    endOfPieceTokenId: idOf('endOfPiece'),
    padTokenId: idOf('pad'),
    length: ROW_LENGTH,
  };
}
