import { disposeModule } from '@cloze/core';
import { onnxRuntimeEngine, tfjsEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { CausalScorer, type CausalScorerOptions } from './causal-scorer.ts';
import { idsOf } from './encode-continuation.ts';
import { logProbabilities, MAX_POSITIONS, sumOf, tinyGpt, tokenizer } from './fixtures/tiny-model.ts';
import { rollingWindows } from './rolling-windows.ts';

leaksNoTensors();

const PREFIX = 0;
const LONG_TEXT = 'the dog sat on the log, the cat sat on the mat. yes? no! '.repeat(4);

async function withScorer<T>(
  options: Partial<CausalScorerOptions>,
  use: (scorer: CausalScorer) => Promise<T>,
): Promise<T> {
  const model = tinyGpt();
  const scorer = await CausalScorer.create(model, { tokenizer, prefixTokenId: PREFIX, ...options });
  disposeModule(model);
  try {
    return await use(scorer);
  } finally {
    scorer.dispose();
  }
}

/** What the same model says of ids in an eager run of its own. */
function byHand(ids: readonly number[]): ReturnType<typeof logProbabilities> {
  const model = tinyGpt();
  try {
    return logProbabilities(model, ids);
  } finally {
    disposeModule(model);
  }
}

describe.each([
  { name: 'onnxruntime', engine: onnxRuntimeEngine({ numThreads: 1 }) },
  { name: 'tfjs', engine: tfjsEngine() },
])('CausalScorer with $name', ({ engine }) => {
  it('scores continuations of any lengths as the probabilities computed by hand', async () => {
    const requests = [
      { context: 'the cat', continuation: ' sat on the mat' },
      { context: '', continuation: 'yes' },
      { context: LONG_TEXT, continuation: ' the dog' },
      { context: 'the dog sat on ', continuation: 'the log' },
      { context: 'yes or', continuation: ' no?' },
    ];
    const scores = await withScorer({ engine, tokensPerBatch: 80 }, (scorer) => scorer.scoreContinuations(requests));
    requests.forEach(({ context, continuation }, index) => {
      const whole = idsOf(tokenizer, context + continuation);
      const numTokens = whole.length - idsOf(tokenizer, context.trimEnd()).length;
      const ids = (context === '' ? [PREFIX, ...whole] : whole).slice(-MAX_POSITIONS - 1);
      expect(scores[index]?.numTokens).toBe(numTokens);
      expect(scores[index]?.logLikelihood).toBeCloseTo(sumOf(byHand(ids).ofIds.slice(-numTokens)), 4);
    });
  });

  it('scores long texts window by window', async () => {
    const options = { prefixTokenId: PREFIX, maxPositions: MAX_POSITIONS, contextLength: 20 };
    const windows = rollingWindows(idsOf(tokenizer, LONG_TEXT), options);
    const expected = sumOf(windows.flatMap(({ ids, numTargets }) => byHand(ids).ofIds.slice(-numTargets)));
    const [long, empty, short] = await withScorer({ engine, contextLength: 20 }, (scorer) =>
      scorer.scoreTexts([LONG_TEXT, '', 'yes']),
    );
    expect(windows.length).toBeGreaterThan(3);
    expect(long?.numTokens).toBe(idsOf(tokenizer, LONG_TEXT).length);
    expect(long?.logLikelihood).toBeCloseTo(expected, 3);
    expect(empty).toEqual({ logLikelihood: 0, numTokens: 0 });
    expect(short?.logLikelihood).toBeCloseTo(sumOf(byHand([PREFIX, ...idsOf(tokenizer, 'yes')]).ofIds), 4);
  });

  it('writes the likeliest tokens, and finds them greedy', async () => {
    const prompt = idsOf(tokenizer, 'the cat');
    const ids = [...prompt];
    for (let step = 0; step < 6; step++) ids.push(byHand([...ids, 0]).likeliest.at(-1) ?? -1);
    const expected = tokenizer.decode(ids.slice(prompt.length));
    await withScorer({ engine }, async (scorer) => {
      const request = { context: 'the cat', until: [], maxTokens: 6 };
      expect(await scorer.generateUntil([request])).toEqual([expected]);
      const stop = Array.from(expected).at(3) ?? '';
      expect(await scorer.generateUntil([{ ...request, until: ['\n\n\n', stop] }])).toEqual([
        expected.slice(0, expected.indexOf(stop)),
      ]);
    });
  });
});

describe('CausalScorer', () => {
  it('says whether the continuation is what the model would write', async () => {
    // With ids as text, every sequence of tokens is a text of its own.
    const numbers = {
      encodeToIds: (text: string) => text.split(' ').filter(Boolean).map(Number),
      decode: (ids: Iterable<number>) => [...ids].map((id) => ` ${id}`).join(''),
    };
    await withScorer({ tokenizer: numbers }, async (scorer) => {
      const [written = ''] = await scorer.generateUntil([{ context: '5 6 7', until: [], maxTokens: 5 }]);
      expect(written.split(' ')).toHaveLength(6);
      const scores = await scorer.scoreContinuations([
        { context: '5 6 7', continuation: written },
        { context: '5 6 7', continuation: written.replace(/\d+$/, '3') },
      ]);
      expect(scores.map(({ isGreedy }) => isGreedy)).toEqual([true, false]);
    });
  });

  it('ends at the prefix token', async () => {
    const likeliest = byHand([...idsOf(tokenizer, 'the cat'), 0]).likeliest.at(-1) ?? -1;
    const [text] = await withScorer({ prefixTokenId: likeliest }, (scorer) =>
      scorer.generateUntil([{ context: 'the cat', until: [], maxTokens: 5 }]),
    );
    expect(text).toBe('');
  });

  it('lets another function write, with the end of a context that is too long', async () => {
    const prompts: (readonly number[])[] = [];
    const texts = await withScorer(
      {
        write: (promptIds, { stopTexts, maxTokens }) => {
          prompts.push(promptIds);
          return Promise.resolve(`${stopTexts.join()} ${maxTokens}`);
        },
      },
      (scorer) => scorer.generateUntil([{ context: LONG_TEXT, until: ['.'], maxTokens: 10 }]),
    );
    expect(texts).toEqual(['. 10']);
    expect(prompts).toEqual([idsOf(tokenizer, LONG_TEXT).slice(-30)]);
  });

  it('refuses a continuation and a text that are longer than the positions', async () => {
    await withScorer({}, async (scorer) => {
      await expect(
        scorer.scoreContinuations([{ context: 'yes', continuation: LONG_TEXT }]),
      ).rejects.toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: DATA_INVALID: A continuation must have at most as many tokens as the model has positions, 40, got 125. Score long texts with a task of the kind perplexity.]`,
      );
      await expect(
        scorer.generateUntil([{ context: 'yes', until: [], maxTokens: 40 }]),
      ).rejects.toThrowErrorMatchingInlineSnapshot(
        `[ConfigError: CONFIG_INVALID: maxTokens must be less than the model's 40 positions, got 40. Shorter texts leave room for the context.]`,
      );
    });
  });
});
