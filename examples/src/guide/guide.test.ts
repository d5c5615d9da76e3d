import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomKey, randomParameters } from '@cloze/core';
import { bertFamily, bertTiny } from '@cloze/bert';
import { anyFamily, savePretrained } from '@cloze/hub';
import { trainWordPiece } from '@cloze/tokenizer';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adaptABert, finetuneABert } from './finetune-a-bert.ts';
import { loadAModel } from './load-a-model.ts';
import { pretrainAGpt } from './pretrain-a-gpt.ts';
import { promptABert } from './prompt-a-bert.ts';
import { trainATokenizer } from './train-a-tokenizer.ts';

let folder: string;
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloze-examples-'));
  text = await readFile(join(import.meta.dirname, '../../../docs/philosophy.md'), 'utf8');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A BERT that has learned nothing yet, in a folder. */
async function newBert(out: string, texts: readonly string[]): Promise<void> {
  const tokenizer = trainWordPiece(texts, { vocabSize: 200, lowercase: true });
  const config = {
    ...bertTiny,
    vocabSize: tokenizer.vocabSize,
    numLayers: 1,
    hiddenSize: 32,
    numHeads: 2,
    intermediateSize: 64,
  };
  const task = 'pre-training';
  const model = bertFamily.create(config, task, randomParameters(RandomKey.fromSeed(1)));
  await savePretrained(out, { family: anyFamily(bertFamily), config, task, model, tokenizer });
}

/** Opinions that one word decides. */
const OPINIONS = ['film', 'book', 'play', 'song'].flatMap((thing) => [
  `a warm and funny ${thing}\tgood`,
  `a cold and boring ${thing}\tbad`,
  `this ${thing} is a joy\tgood`,
  `this ${thing} is a bore\tbad`,
]);

describe('the examples of the guide', () => {
  it('pre-trains a GPT that writes', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const written = await pretrainAGpt(text, join(folder, 'gpt'), 30);
    const losses = log.mock.calls.map(([, loss]) => Number(loss));
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 1);
    expect(written.length).toBeGreaterThan(20);
    expect(await readdir(join(folder, 'gpt'))).toContain('model.safetensors');
    expect(await loadAModel(join(folder, 'gpt'))).toBeGreaterThan(800_000);
  });

  it('trains a tokenizer that cuts words and puts them together again', () => {
    const { pieces, decoded } = trainATokenizer(text.split('\n'));
    expect(pieces.join('').replaceAll(' ', '')).toBe('Everylayerisproven.');
    expect(decoded).toBe('every layer is proven.');
  });

  it('fine-tunes a BERT, all of it and with an adapter', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const [bert, data] = [join(folder, 'bert'), join(folder, 'opinions.tsv')];
    await newBert(bert, OPINIONS);
    await writeFile(data, ['text\tlabel', ...Array.from({ length: 12 }, () => OPINIONS).flat()].join('\n'));
    const { label, accuracy } = await finetuneABert(bert, { train: data, dev: data, out: join(folder, 'opinions') });
    expect({ label, accuracy }).toEqual({ label: 'good', accuracy: 1 });
    expect(await adaptABert(bert, data, join(folder, 'lora'))).toBeLessThan(0.2);
    expect(await readdir(join(folder, 'lora'))).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
  });

  it('asks a BERT for words', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const bert = join(folder, 'asked');
    await newBert(bert, OPINIONS);
    const labels = await promptABert(bert, ['a warm film', 'a cold film']);
    expect(labels).toHaveLength(2);
    expect(['good', 'bad']).toEqual(expect.arrayContaining([...labels]));
  });
});
