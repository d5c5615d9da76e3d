import { describe, expect, it } from 'vitest';
import { proseSentences } from './prose-sentences.ts';

describe('proseSentences', () => {
  it('cuts after what ends a sentence', () => {
    expect(proseSentences('It rained. "Did it?" It did! Ok then.')).toEqual([
      'It rained.',
      '"Did it?"',
      'It did!',
      'Ok then.',
    ]);
  });

  it('keeps abbreviations before small letters, and tokenized text', () => {
    expect(proseSentences('See e.g. the book . He did , twice .')).toEqual(['See e.g. the book .', 'He did , twice .']);
  });

  it('has none in an empty line', () => {
    expect(proseSentences('  ')).toEqual([]);
  });
});
