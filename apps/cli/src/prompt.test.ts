import { disposeModule, RandomKey } from '@cloze/core';
import { gptFamily } from '@cloze/gpt';
import { loadPretrainedOf } from '@cloze/hub';
import { trainCharacters, trainWordPiece } from '@cloze/tokenizer';
import * as tf from '@tensorflow/tfjs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloze, jsonLines, temporaryFolder } from './fixtures/run-cloze.ts';
import { trainSmallBert, trainSmallGpt } from './fixtures/trained-models.ts';

/** What a prompt is answered with, as JSON. */
interface Answer {
  readonly prompt: string;
  readonly numExamples: number;
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly answer: string;
  readonly votes: readonly { readonly answer: string; readonly count: number; readonly share: number }[];
  readonly samples: readonly { readonly text: string; readonly answer?: string }[];
  readonly expected: string;
}

/** The rows of a successful call with --json. */
function answersOf(args: readonly string[], cwd: string): Answer[] {
  const { status, stdout, stderr } = cloze(['prompt', ...args, '--json'], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return jsonLines(stdout) as unknown as Answer[];
}

const key = RandomKey.fromSeed(7);

describe('cloze prompt, few-shot', () => {
  const LETTERS = Array.from('abcdefgh');
  /** Two tasks, and only the examples tell which: the capital letter, or the next letter. */
  const TASKS = {
    capital: (letter: string) => letter.toUpperCase(),
    next: (letter: string) => LETTERS[(LETTERS.indexOf(letter) + 1) % LETTERS.length] ?? '',
  };

  it('learns from examples in the prompt what the model cannot know without them', async () => {
    const folder = await temporaryFolder();
    const texts = Array.from({ length: 2000 }, (_, index) => {
      const task = index % 2 === 0 ? TASKS.capital : TASKS.next;
      const letters = Array.from(key.fold(index).permutation(LETTERS.length), (at) => LETTERS[at] ?? '');
      return letters.map((letter) => `${letter}>${task(letter)};`).join('');
    });
    await trainSmallGpt({ folder: join(folder, 'gpt'), tokenizer: trainCharacters(texts), texts, numSteps: 400 });
    const table = (task: keyof typeof TASKS, letters: readonly string[]): string =>
      ['letter,answer', ...letters.map((letter) => `${letter},${TASKS[task](letter)}`)].join('\n');
    const base = ['--model', 'gpt', '--template', '{letter}>___', '--separator', ';'];
    const labels = ['--labels', ...LETTERS, ...LETTERS.map((letter) => letter.toUpperCase())];
    for (const task of ['capital', 'next'] as const) {
      await writeFile(join(folder, 'examples.csv'), table(task, LETTERS.slice(0, 4)));
      await writeFile(join(folder, 'questions.csv'), table(task, LETTERS.slice(4)));
      const fewShot = [...base, '--examples', 'examples.csv', '--file', 'questions.csv'];
      const written = answersOf(fewShot, folder);
      expect(written.map(({ answer }) => answer)).toEqual(LETTERS.slice(4).map(TASKS[task]));
      expect(written[0]?.prompt).toBe(
        `${LETTERS.slice(0, 4)
          .map((letter) => `${letter}>${TASKS[task](letter)};`)
          .join('')}e>___`,
      );
      const chosen = answersOf([...fewShot, ...labels], folder);
      expect(chosen.map(({ label }) => label)).toEqual(chosen.map(({ expected }) => expected));
      await expectProbabilitiesByHand(join(folder, 'gpt'), chosen[0]);
    }
    // Without examples it may be either.
    const [zeroShot] = answersOf(['e', ...base, ...labels], folder);
    expect(zeroShot?.probabilities.E).toBeGreaterThan(0.2);
    expect(zeroShot?.probabilities.f).toBeGreaterThan(0.2);
    // One example tells.
    const [oneShot] = answersOf(['e', ...base, ...labels, '--examples', 'examples.csv', '--shots', '1'], folder);
    expect([oneShot?.numExamples, oneShot?.label]).toEqual([1, 'f']);
    const { stdout } = cloze(['prompt', ...base, '--examples', 'examples.csv', '--file', 'questions.csv'], {
      cwd: folder,
    });
    expect(stdout).toBe('f  100.0 %  e\ng  100.0 %  f\nh  100.0 %  g\na  100.0 %  h\n4 of 4 right, 100.0 %\n');
  }, 300_000);
});

/** Softmax over the labels' logits after the prompt: what the command must say, from one eager run of the model. */
async function expectProbabilitiesByHand(folder: string, chosen: Answer | undefined): Promise<void> {
  const { model, tokenizer } = await loadPretrainedOf(gptFamily, folder, { task: 'causal-language-modeling' });
  const ids = [...(tokenizer?.encodeToIds(chosen?.prompt.replace('___', '') ?? '') ?? [])];
  const logits = tf.tidy(() => {
    const row = tf.slice(
      model.forward({ inputIds: tf.tensor2d([ids], undefined, 'int32') }).logits,
      [0, ids.length - 1, 0],
      [1, 1, -1],
    );
    return row.dataSync();
  });
  disposeModule(model);
  const labels = Object.keys(chosen?.probabilities ?? {});
  const weights = labels.map((label) => Math.exp(logits[tokenizer?.tokenToId(label) ?? -1] ?? NaN));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  expect(labels).toHaveLength(16);
  labels.forEach((label, index) => {
    expect(chosen?.probabilities[label]).toBeCloseTo((weights[index] ?? NaN) / total, 5);
  });
}

describe('cloze prompt, chain of thought', () => {
  it('takes the answer that most samples come to, and the same one each time', async () => {
    const folder = await temporaryFolder();
    const draw = (purpose: string, index: number, limit: number): number =>
      key.fold(purpose).fold(index).integer(limit);
    // A third of the answers are wrong, each in its own way, so that one text alone may well be.
    const sum = (index: number): string => {
      const [a, b, error] = [draw('a', index, 4), draw('b', index, 4), draw('error', index, 9)];
      const answer = error < 3 ? (a + b + 1 + error) % 8 : a + b;
      return `q:${a}+${b}.a:${a} and ${b} more. The answer is ${answer}.|`;
    };
    const texts = Array.from({ length: 2000 }, (_, index) => sum(2 * index) + sum(2 * index + 1));
    await trainSmallGpt({ folder: join(folder, 'gpt'), tokenizer: trainCharacters(texts), texts, numSteps: 400 });
    const digits = [0, 1, 2, 3];
    const questions = digits.flatMap((a) => digits.map((b) => ({ a, b, answer: String(a + b) })));
    await writeFile(join(folder, 'questions.jsonl'), questions.map((row) => JSON.stringify(row)).join('\n'));
    await writeFile(join(folder, 'example.jsonl'), '{"a": 2, "b": 1, "reasoning": "2 and 1 more.", "answer": "3"}\n');
    const args = [
      ...['--model', 'gpt', '--template', 'q:{a}+{b}.a:___', '--file', 'questions.jsonl', '--separator', '|'],
      ...['--chain-of-thought', '--examples', 'example.jsonl', '--temperature', '1'],
    ];
    const voted = answersOf([...args, '--samples', '32'], folder);
    expect(voted[0]?.prompt).toBe('q:2+1.a:2 and 1 more. The answer is 3.|q:0+0.a:___');
    const numRight = voted.filter(({ answer, expected }) => answer === expected).length;
    const singles = voted.flatMap(({ samples, expected }) => samples.map(({ answer }) => answer === expected));
    const shareOfSingles = singles.filter(Boolean).length / singles.length;
    expect(shareOfSingles).toBeLessThan(0.8);
    expect(numRight / voted.length).toBeGreaterThan(0.85);

    const some = answersOf([...args, '--samples', '8'], folder);
    some.forEach(({ samples, votes }, index) => {
      // The same seed, the same texts: more samples go on where fewer end.
      expect(samples).toEqual(voted[index]?.samples.slice(0, 8));
      expect(votes[0]?.count).toBe(8 * (votes[0]?.share ?? NaN));
    });
    const others = answersOf([...args, '--samples', '8', '--seed', '2'], folder);
    expect(others.map(({ samples }) => samples)).not.toEqual(some.map(({ samples }) => samples));
  }, 300_000);
});

describe('cloze prompt, zero-shot', () => {
  it('lets a BERT choose among the words of labels', async () => {
    const folder = await temporaryFolder();
    const [good, bad] = [
      ['clean', 'warm', 'quiet', 'bright'],
      ['dirty', 'cold', 'loud', 'dark'],
    ];
    const things = ['room', 'bed', 'hall', 'soup'];
    // One thing is never praised or blamed with one quality.
    const pairs = [...good, ...bad].flatMap((quality, i) =>
      things.map((thing, j) => ({ quality, thing, isSeen: (i + j) % 4 !== 0 })),
    );
    const verdict = (quality: string): string => (good.includes(quality) ? 'great' : 'bad');
    const texts = pairs
      .filter(({ isSeen }) => isSeen)
      .map(({ quality, thing }) => `the ${quality} ${thing}. it was ${verdict(quality)}.`);
    const tokenizer = trainWordPiece([...texts, ...texts, ...texts]);
    await trainSmallBert({ folder: join(folder, 'bert'), tokenizer, texts, numSteps: 700 });
    const unseen = pairs.filter(({ isSeen }) => !isSeen);
    const rows = unseen.map(
      ({ quality, thing }) => `the ${quality} ${thing}.\t${good.includes(quality) ? 'positive' : 'negative'}`,
    );
    await writeFile(join(folder, 'questions.tsv'), ['text\tanswer', ...rows].join('\n'));
    await writeFile(join(folder, 'labels.json'), '{"positive": ["great"], "negative": "bad"}');
    const args = ['--model', 'bert', '--template', '{text} it was ___.', '--file', 'questions.tsv'];
    const plain = answersOf([...args, '--labels', 'positive=great', 'negative=bad'], folder);
    expect(plain.map(({ label }) => label)).toEqual(plain.map(({ expected }) => expected));
    expect(answersOf([...args, '--labels', 'labels.json'], folder)).toEqual(plain);
    const calibrated = answersOf([...args, '--labels', 'labels.json', '--calibrate'], folder);
    expect(calibrated[0]?.probabilities).not.toEqual(plain[0]?.probabilities);
    expect(calibrated.map(({ label }) => label)).toEqual(plain.map(({ label }) => label));
  }, 300_000);

  it.each(['bert', 'bart', 't5', 'glm', 'gpt'] as const)('asks a %s', async (family) => {
    const folder = await temporaryFolder();
    const size = ['--steps', '2', '--batch-size', '2', '--sequence-length', '32', '--vocab-size', '600'];
    const trained = cloze(['pretrain', '--family', family, ...size, '--out', 'model'], { cwd: folder });
    expect(trained.status).toBe(0);
    await writeFile(join(folder, 'template.txt'), 'The {thing} is ___.\n');
    const args = [
      'an array',
      'a number',
      '--model',
      'model',
      '--template',
      'template.txt',
      '--labels',
      'a=read-only',
      'b=empty,new',
    ];
    const answers = answersOf(args, folder);
    expect(answers.map(({ prompt }) => prompt)).toEqual(['The an array is ___.', 'The a number is ___.']);
    for (const { probabilities } of answers) {
      expect(Object.keys(probabilities)).toEqual(['a', 'b']);
      expect((probabilities.a ?? NaN) + (probabilities.b ?? NaN)).toBeCloseTo(1, 6);
    }
    const writing = ['an array', '--model', 'model', '--template', 'The {thing} is', '--max-tokens', '3'];
    if (['bert', 'glm'].includes(family)) {
      const { status, stderr } = cloze(['prompt', ...writing], { cwd: folder });
      expect(status).toBe(2);
      expect(stderr).toContain('USAGE: The model must be one that writes text');
    } else expect(answersOf(writing, folder)[0]?.samples).toHaveLength(1);
  });
});

describe('cloze prompt, before it loads a model', () => {
  it('tells which slot of which row has no value', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'rows.jsonl'), '{"text": "a", "title": "b"}\n{"text": "c"}\n');
    const args = ['--model', 'none', '--template', '{title}: {text} ___', '--file', 'rows.jsonl'];
    const { status, stdout, stderr } = cloze(['prompt', ...args], { cwd: folder });
    expect({ status, stdout, stderr }).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "CONFIG_INVALID: rows.jsonl line 2: The slot {title} of the template must have a value, got none. Give it one, or use another slot: there are values for text.
      ",
        "stdout": "",
      }
    `);
  });
});
