import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { Unigram } from '../models/unigram.ts';
import { Tokenizer } from '../tokenizer.ts';
import { trainByteLevelBpe } from './byte-level-bpe.ts';
import { WordCounter } from './count-words.ts';
import { trainEndOfWordBpe } from './end-of-word-bpe.ts';
import { trainUnigram } from './unigram.ts';
import { trainWordLevel } from './word-level.ts';
import { trainWordPiece } from './word-piece.ts';

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

/** Of a word by all its segmentations, nats. */
function logLikelihood(word: string, { trie, scores }: Unigram): number {
  const sums = new Float64Array(word.length + 1);
  sums[0] = 1;
  for (let start = 0; start < word.length; start++) {
    let end = start + 1;
    for (
      let node = trie.first(word.charCodeAt(start));
      node !== -1;
      node = end < word.length ? trie.next(node, word.charCodeAt(end++)) : -1
    ) {
      const piece = trie.valueAt(node);
      if (piece !== -1) sums[end] = (sums[end] ?? 0) + (sums[start] ?? 0) * Math.exp(scores[piece] ?? 0);
    }
  }
  return Math.log(sums[word.length] ?? 0);
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

  it.each([
    ['wordpiece-uncased', true],
    ['wordpiece-cased', false],
  ])('learns the same set of pieces, given the order of the alphabet: %s', (name, lowercase) => {
    const { vocab } = reference(name);
    const initialTokens = Object.keys(vocab).filter((token) => /^##.$/u.test(token));
    const tokenizer = trainWordPiece(corpus(), { vocabSize: 1200, minFrequency: 2, lowercase, initialTokens });
    const trained = JSON.parse(tokenizer.toJson()) as ModelFile;
    expect(trained.model.vocab).toEqual(vocab);
  });

  it('learns the same merges, given the order of the alphabet: bpe-end-of-word', () => {
    const { vocab, merges } = reference('bpe-end-of-word');
    const initialTokens = Object.keys(vocab).filter((token) => /^.<\/w>$/u.test(token));
    const tokenizer = trainEndOfWordBpe(corpus(), { vocabSize: 1200, initialTokens });
    const trained = JSON.parse(tokenizer.toJson()) as ModelFile;
    expect(trained.model.merges).toEqual(merges);
    expect(trained.model.vocab).toEqual(vocab);
  });

  it('orders words as the reference does: word-level', () => {
    const tokenizer = trainWordLevel(corpus(), { vocabSize: 1200 });
    expect((JSON.parse(tokenizer.toJson()) as ModelFile).model.vocab).toEqual(reference('word-level').vocab);
  });

  it('explains the corpus as well as the reference: unigram', () => {
    const ours = trainUnigram(corpus(), { vocabSize: 1000 });
    const theirs = Tokenizer.fromJson(readFileSync(join(parity ?? '', 'tokenizers', 'unigram', 'tokenizer.json')));
    const counter = new WordCounter(ours);
    for (const line of corpus()) counter.add(line);
    const words = counter.finish();
    const likelihood = ({ model }: Tokenizer): number => {
      if (!(model instanceof Unigram)) throw new Error('not a unigram model');
      let sum = 0;
      for (const [word, count] of words) sum += count * logLikelihood(word, model);
      return sum;
    };
    expect(ours.vocabSize).toBe(1000);
    const ratio = likelihood(ours) / likelihood(theirs);
    console.info(`unigram log likelihood, ours / reference: ${ratio.toFixed(5)}`);
    expect(ratio).toBeLessThan(1.005);
    expect(ours.toJson()).toBe(trainUnigram(corpus(), { vocabSize: 1000 }).toJson());
  });
});
