import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloze, temporaryFolder } from './fixtures/run-cloze.ts';

const FAMILIES = ['bert', 'bart', 't5', 'glm'] as const;

describe('cloze fill', () => {
  it.each(FAMILIES)('fills blanks with a %s that was just trained', async (family) => {
    const out = join(await temporaryFolder(), family);
    const size = ['--steps', '2', '--batch-size', '2', '--sequence-length', '32', '--vocab-size', '600'];
    const trained = cloze(['pretrain', '--family', family, ...size, '--out', out, '--json']);
    expect({ status: trained.status, stderr: trained.stderr }).toEqual({ status: 0, stderr: '' });
    const last = JSON.parse(trained.stdout.trim().split('\n').at(-1) ?? '') as { next: string };
    expect(last.next).toContain('cloze fill');

    const filled = cloze(['fill', 'The ___ of the array.', '--model', out, '--max-tokens', '3', '--json']);
    expect({ status: filled.status, stderr: filled.stderr }).toEqual({ status: 0, stderr: '' });
    const { text, blanks } = JSON.parse(filled.stdout) as { text: string; blanks: { candidates: unknown[] }[] };
    expect(typeof text).toBe('string');
    // BART writes the whole text anew and tells no pieces.
    expect(blanks.map(({ candidates }) => candidates.length)).toEqual(
      family === 'bart' ? [] : [family === 'bert' ? 5 : 1],
    );

    const { status, stderr } = cloze(['fill', 'No blank here.', '--model', out]);
    expect(status).toBe(2);
    expect(stderr).toContain('USAGE: The text must have a blank, written as ___, got none in "No blank here.".');
  });
});
