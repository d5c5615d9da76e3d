import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from './config-file.ts';
import { temporaryFolder } from './fixtures/run-cloze.ts';

const KNOWN = ['steps', 'learning-rate', 'data', 'resume'];

async function read(text: string | Uint8Array): Promise<unknown> {
  const file = join(await temporaryFolder(), 'run.yaml');
  await writeFile(file, text);
  return Object.fromEntries(await readConfigFile(file, KNOWN));
}

describe('readConfigFile', () => {
  it('reads values with their places', async () => {
    expect(await read('# a run\nsteps: 20\nlearning-rate: 3e-4\ndata: [a.txt, b.txt]\nresume: true\n')).toEqual({
      steps: { value: 20, line: 2, column: 8 },
      'learning-rate': { value: 0.0003, line: 3, column: 16 },
      data: { value: ['a.txt', 'b.txt'], line: 4, column: 7 },
      resume: { value: true, line: 5, column: 9 },
    });
    expect(await read('{"steps": 20}')).toEqual({ steps: { value: 20, line: 1, column: 11 } });
    expect(await read('')).toEqual({});
  });

  it.each([
    ['__proto__: {}\n', /line 1, column 1: There is no setting "__proto__"/],
    ['learningRate: 1\n', /Did you mean "learning-rate"\?$/],
    ['whatever: 1\n', /Use the names of the flags, without dashes in front\.$/],
    ['steps:\n  a: 1\n', /line 2, column 3: The setting "steps" must be a text, a number/],
    ['steps: null\n', /The setting "steps" must be/],
    ['1: 2\n', /The name of a setting must be a word/],
    ['a: &a [*a]\n', /CONFIG_INVALID/],
    ['steps: [1\n', /CONFIG_INVALID: .*line \d+, column \d+/],
    ['x'.repeat(1_000_001), /at most 1,000,000 bytes/],
  ])('refuses %j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text)).rejects.toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
  });
});
