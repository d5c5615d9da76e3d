import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloze, jsonLines, temporaryFolder, textFile } from './fixtures/run-cloze.ts';

describe('cloze tokenizer', () => {
  it.each(['bpe', 'bpe-end-of-word', 'wordpiece', 'unigram', 'word-level', 'characters'])(
    'trains %s and applies it',
    async (type) => {
      const folder = await temporaryFolder();
      const data = await textFile(folder);
      const trained = cloze([
        'tokenizer',
        'train',
        '--type',
        type,
        '--data',
        data,
        '--out',
        folder,
        '--vocab-size',
        '300',
        '--json',
      ]);
      expect(trained.stderr).toBe('');
      expect(jsonLines(trained.stdout)[0]).toMatchObject({ type });
      const rows = cloze(['tokenizer', 'encode', '--tokenizer', folder, '--no-special-tokens'], {
        input: 'the cat\n\nthe dog',
      });
      expect(rows.stderr).toBe('');
      const [first, empty, last] = jsonLines(rows.stdout);
      expect(Object.keys(first ?? {})).toEqual(['ids', 'tokens', 'offsets']);
      expect(empty).toEqual({ ids: [], tokens: [], offsets: [] });
      expect(last?.ids).not.toEqual(first?.ids);
      const decoded = cloze(['tokenizer', 'decode', '--tokenizer', join(folder, 'tokenizer.json')], {
        input: rows.stdout,
      });
      expect(decoded.stdout).toBe('the cat\n\nthe dog\n');
    },
  );

  it('counts offsets as JavaScript or as Python does, and takes texts with line breaks', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'text.txt'), '🎉 a\n');
    cloze(['tokenizer', 'train', '--type', 'characters', '--data', join(folder, 'text.txt'), '--out', folder]);
    const encode = (...args: string[]): Record<string, unknown>[] =>
      jsonLines(
        cloze(['tokenizer', 'encode', '--tokenizer', folder, '--input-format', 'json', ...args], {
          input: '"🎉\\na"\n',
        }).stdout,
      );
    expect(encode()[0]?.offsets).toEqual([
      [0, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(encode('--offsets', 'code-points')[0]?.offsets).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  }, 120_000);

  it('trains on stdin, to the same bytes every time', async () => {
    const folder = await temporaryFolder();
    const train = async (name: string, ...args: string[]): Promise<string> => {
      const input = 'a fox and a dog\nthe dog and the fox\n';
      const { stderr } = cloze(['tokenizer', 'train', '--out', join(folder, name), ...args], { input });
      expect(stderr).toBe('');
      return readFile(join(folder, name, 'tokenizer.json'), 'utf8');
    };
    for (const type of ['bpe', 'wordpiece', 'unigram']) {
      const size = ['--type', type, '--vocab-size', type === 'unigram' ? '30' : '280'];
      expect(await train(`${type}-1`, ...size)).toBe(await train(`${type}-2`, ...size));
    }
  }, 120_000);

  it('names the line of bad input', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'text.txt'), 'abc\n');
    cloze(['tokenizer', 'train', '--type', 'characters', '--data', join(folder, 'text.txt'), '--out', folder]);
    const decode = (input: string): string => cloze(['tokenizer', 'decode', '--tokenizer', folder], { input }).stderr;
    expect(decode('[1, 2]\n{"a": 1}\n')).toMatchInlineSnapshot(`
      "JSON_TYPE: input line 2: Each line must be a list of token ids, or an object with "ids", got something else. Write rows as cloze tokenizer encode does.
      "
    `);
    expect(decode('[1, 2\n')).toMatchInlineSnapshot(`
      "JSON_SYNTAX: input line 1 @ byte 5 line 1, column 6: An array must go on with "," or end with "]". The file is damaged or was written by a faulty program; write it again.
      "
    `);
    expect(cloze(['tokenizer', 'encode', '--tokenizer', folder, '--input-format', 'json'], { input: '7\n' }).stderr)
      .toMatchInlineSnapshot(`
      "JSON_TYPE: input line 1: With --input-format json each line must be a JSON string, got something else. Put each text in quotes, as JSON.stringify does.
      "
    `);
    await writeFile(
      join(folder, 'tokenizer.json'),
      '{"version": "1.0", "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "[UNK]"}}',
    );
    expect(cloze(['tokenizer', 'encode', '--tokenizer', folder], { input: 'a\nb\n' }).stderr).toMatchInlineSnapshot(`
      "TOKENIZER_UNKNOWN_TOKEN: input line 2: the unknown token "[UNK]" must be in the vocabulary, got the word "b". Add it to the vocabulary.
      "
    `);
  }, 120_000);
});
