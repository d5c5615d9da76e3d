import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { trainByteLevelBpe } from './byte-level-bpe.ts';

const parity = parityFolder();
const corpusFile = join(parity ?? '', '..', 'data', 'tinyshakespeare.txt');

/** `case.json`: the first 20,000 lines of the corpus. */
function corpus(): string[] {
  return readFileSync(corpusFile, 'utf8').split('\n').slice(0, 20_000);
}

interface ModelFile {
  model: { vocab: Record<string, number>; merges: [string, string][] };
}

function reference(name: string): ModelFile['model'] {
  const file = readFileSync(join(parity ?? '', 'tokenizers', name, 'tokenizer.json'), 'utf8');
  return (JSON.parse(file) as ModelFile).model;
}

describe.runIf(parity !== undefined && existsSync(corpusFile))('trainers against the reference', () => {
  it.each([
    ['bpe-byte-level', false],
    ['bpe-byte-level-roberta', true],
  ])('learns the same vocabulary and merges: %s', (name, addPrefixSpace) => {
    const tokenizer = trainByteLevelBpe(corpus(), { vocabSize: 1200, minFrequency: 2, addPrefixSpace });
    const trained = JSON.parse(tokenizer.toJson()) as ModelFile;
    expect(trained.model.vocab).toEqual(reference(name).vocab);
    expect(trained.model.merges).toEqual(reference(name).merges);
  });
});
