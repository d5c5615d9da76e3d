import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEncoder } from './encoders.ts';
import { gpt2Tokenizer } from './gpt2-tokenizer.ts';
import { onOneCore } from './one-core.ts';
import { enginesOf, tokenizerBenchmarkNamed } from './tokenizer-benchmarks.ts';
import { compareTrained, trainWith } from './training.ts';

describe('encoders', () => {
  it('give the same ids with the same ranks', async () => {
    const json = gpt2Tokenizer().toJson();
    const texts = ["It's 12 o'clock.", '\u4e2d\u6587 \u{1f600}\n\tx', ''];
    const encoded: number[][][] = [];
    for (const engine of enginesOf(tokenizerBenchmarkNamed('bpe'))) {
      const encoder = (await openEncoder(engine, json)).cold();
      await encoder.encodeAll(texts);
      encoded.push(await Promise.all(texts.map(async (text) => Array.from(await encoder.encode(text)))));
    }
    const [ours, ...others] = encoded;
    expect(ours?.[0]).toEqual([1026, 338, 1105, 267, 6, 15750, 13]);
    for (const other of others) expect(other).toEqual(ours);
  });
});

describe('trainWith', () => {
  it.each(['bpe', 'unigram'] as const)('learns the same from a text: %s', async (kind) => {
    const folder = await mkdtemp(join(tmpdir(), 'cloze-bench-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const text = join(folder, 'text.txt');
    const line = 'the fox and the dog and the hen, a fox, a dog, a hen; another fox and another dog\n';
    await writeFile(text, line.repeat(20));
    const files = { cloze: join(folder, 'a.json'), rust: join(folder, 'b.json') };
    for (const engine of ['cloze', 'rust'] as const) {
      const training = await trainWith(engine, { kind, text });
      training.run();
      await training.save(files[engine]);
    }
    const likeness = await compareTrained(files.cloze, files.rust, text);
    if (kind === 'bpe') expect(likeness.equalMerges).toBe(likeness.numMerges);
    else expect(likeness.likelihoodRatio).toBeCloseTo(1, 1);
  });
});

describe('onOneCore', () => {
  it('runs the same program', () => {
    const { command, args } = onOneCore({ title: 'x', command: 'node', args: ['-v'] });
    expect([command, ...args].join(' ')).toMatch(/^(taskset -c 0 )?node -v$/);
  });
});
