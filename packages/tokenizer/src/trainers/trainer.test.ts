import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../tokenizer.ts';
import { trainByteLevelBpe } from './byte-level-bpe.ts';
import { trainCharacters } from './characters.ts';
import { trainEndOfWordBpe } from './end-of-word-bpe.ts';
import type { TrainerControls, TrainingProgress } from './trainer.ts';
import { trainUnigram } from './unigram.ts';
import { trainWordLevel } from './word-level.ts';
import { trainWordPiece } from './word-piece.ts';

const LINES = Array.from(
  { length: 2500 },
  (_, index) => `line ${index} of a text, with ${index % 17} foxes and ${index % 23} dogs`,
);

async function* arriving(lines: readonly string[]): AsyncGenerator<string, void, void> {
  for (const [index, line] of lines.entries()) {
    // A pause now and then, as a file or a network makes.
    if (index % 500 === 0) await Promise.resolve();
    yield line;
  }
}

const TRAINERS: [
  name: string,
  train: (controls: TrainerControls) => Tokenizer,
  trainStreamed: (controls: TrainerControls) => Promise<Tokenizer>,
  phases: TrainingProgress['phase'][],
][] = [
  ['characters', (c) => trainCharacters(LINES, c), (c) => trainCharacters(arriving(LINES), c), ['count']],
  ['words', (c) => trainWordLevel(LINES, c), (c) => trainWordLevel(arriving(LINES), c), ['count']],
  [
    'byte-level BPE',
    (c) => trainByteLevelBpe(LINES, { vocabSize: 600, minFrequency: 1, ...c }),
    (c) => trainByteLevelBpe(arriving(LINES), { vocabSize: 600, minFrequency: 1, ...c }),
    ['count', 'alphabet', 'merge'],
  ],
  [
    'end-of-word BPE',
    (c) => trainEndOfWordBpe(LINES, { vocabSize: 400, ...c }),
    (c) => trainEndOfWordBpe(arriving(LINES), { vocabSize: 400, ...c }),
    ['count', 'alphabet', 'merge'],
  ],
  [
    'WordPiece',
    (c) => trainWordPiece(LINES, { vocabSize: 400, minFrequency: 1, ...c }),
    (c) => trainWordPiece(arriving(LINES), { vocabSize: 400, minFrequency: 1, ...c }),
    ['count', 'alphabet', 'merge'],
  ],
  [
    'Unigram',
    (c) => trainUnigram(LINES, { vocabSize: 200, ...c }),
    (c) => trainUnigram(arriving(LINES), { vocabSize: 200, ...c }),
    ['count', 'seed', 'expectation-maximization'],
  ],
];

describe.each(TRAINERS)('trainer of %s', (_, train, trainStreamed, phases) => {
  it('gives the same bytes on every run, at once or as the corpus arrives', async () => {
    const json = train({}).toJson();
    expect(train({}).toJson()).toBe(json);
    expect((await trainStreamed({})).toJson()).toBe(json);
  });

  it('tells how far it is', () => {
    const progress: TrainingProgress[] = [];
    train({ onProgress: (step) => progress.push(step) });
    expect([...new Set(progress.map(({ phase }) => phase))]).toEqual(phases);
    expect(progress.filter(({ phase }) => phase === 'count').map(({ done }) => done)).toEqual([1000, 2000, 2500]);
    for (const { done, total } of progress) expect(done).toBeLessThanOrEqual(total ?? Infinity);
  });

  it.each(phases.filter((phase) => phase !== 'alphabet'))('stops in the phase %s', async (phase) => {
    const abort = new AbortController();
    const controls = {
      signal: abort.signal,
      onProgress: (step: TrainingProgress): void => {
        if (step.phase === phase) abort.abort('enough');
      },
    };
    const cancelled = expect.objectContaining({ code: 'CANCELLED', exitCode: 130, cause: 'enough' }) as Error;
    expect(() => train(controls)).toThrow(cancelled);
    await expect(trainStreamed(controls)).rejects.toThrow(cancelled);
  });
});

describe('a corpus that fails', () => {
  it('ends the training with its own error', async () => {
    async function* failing(): AsyncGenerator<string, void, void> {
      yield 'a line';
      await Promise.reject(new Error('disk on fire'));
    }
    await expect(trainByteLevelBpe(failing())).rejects.toThrow('disk on fire');
  });
});
