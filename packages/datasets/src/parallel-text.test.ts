import { describe, expect, it } from 'vitest';
import { parallelText } from './parallel-text.ts';

describe('parallelText', () => {
  it('pairs lines', async () => {
    const pairs = parallelText(
      { file: 'de', text: ['eins\n\nd', 'rei'] },
      { file: 'en', text: ['one\r\n\r\nthree\n'] },
    );
    expect(await collect(pairs)).toEqual([
      { line: 1, source: 'eins', target: 'one' },
      { line: 2, source: '', target: '' },
      { line: 3, source: 'drei', target: 'three' },
    ]);
  });

  it.each([
    [
      'a\nb\n',
      'a\n',
      'DATA_INVALID: en line 2: Parallel files must have as many lines each; this one ends before the line, and de has it. Look for the first pair of lines that do not belong together.',
    ],
    ['a', 'a\n\nb', 'DATA_INVALID: de line 2: Parallel files'],
  ])('says which text ends first: %j, %j', async (source, target, message) => {
    const pairs = parallelText({ file: 'de', text: [source] }, { file: 'en', text: [target] });
    await expect(collect(pairs)).rejects.toThrow(message);
  });

  it('reads files', async () => {
    await expect(collect(parallelText({ file: 'no.de' }, { file: 'no.en' }))).rejects.toMatchObject({ file: 'no.de' });
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
