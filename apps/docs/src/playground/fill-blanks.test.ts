import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tfjsEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBlankFiller } from './fill-blanks.ts';

const FOLDER = join(import.meta.dirname, '../../public/models/bert-tiny');
const files = new Map(
  ['config.json', 'model.safetensors', 'tokenizer.json'].map((name) => [
    name,
    new Uint8Array(readFileSync(join(FOLDER, name))),
  ]),
);

describe('createBlankFiller', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  leaksNoTensors();

  it('fills blanks with the model of the site, and gives the attention of each token', async () => {
    const filler = await createBlankFiller(files, tfjsEngine());
    const { tokens, blanks, attentions } = await filler.fill('A [MASK] that contains the [MASK] of the file.');
    expect(tokens).toEqual([
      '[CLS]',
      'a',
      '[MASK]',
      'that',
      'contains',
      'the',
      '[MASK]',
      'of',
      'the',
      'file',
      '.',
      '[SEP]',
    ]);
    expect(blanks.map(({ position }) => position)).toEqual([2, 6]);
    for (const { candidates } of blanks) {
      const probabilities = candidates.map(({ probability }) => probability);
      expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
    }
    expect(blanks[0]?.candidates[0]?.token).toBe('string');
    expect(attentions.map((layer) => layer.length)).toEqual([2, 2]);
    for (const row of attentions.flat(2)) {
      expect(row).toHaveLength(tokens.length);
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
    filler.dispose();
  });

  it('refuses texts without a blank, and long ones', async () => {
    const filler = await createBlankFiller(files, tfjsEngine());
    await expect(filler.fill('No blank.')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: There is no blank in the text: write [MASK] where a word is missing.]`,
    );
    await expect(filler.fill(`[MASK] ${'word '.repeat(80)}`)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: The text has 163 tokens; this small model reads 64 at most.]`,
    );
    filler.dispose();
  });
});
