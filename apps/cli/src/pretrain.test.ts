import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloze, clozeUntil, jsonLines, temporaryFolder, textFile } from './fixtures/run-cloze.ts';

// One thread: the machine runs other tests, too.
const TINY = ['--tokenizer', 'characters', '--batch-size', '2', '--sequence-length', '16', '--threads', '1'];

async function setUp(): Promise<{ folder: string; out: string; args: string[] }> {
  const folder = await temporaryFolder();
  const out = join(folder, 'run');
  return { folder, out, args: ['pretrain', ...TINY, '--data', await textFile(folder), '--out', out] };
}

function digest(out: string): string {
  const { stdout, status } = cloze(['checkpoint', 'digest', out, '--json']);
  expect(status).toBe(0);
  return String(jsonLines(stdout)[0]?.all);
}

describe('cloze pretrain', () => {
  it('trains a model that generate continues texts with', async () => {
    const { folder, out, args } = await setUp();
    const { status, stdout, stderr } = cloze([
      ...args,
      '--steps',
      '20',
      '--checkpoint-every',
      '10',
      '--evaluate-every',
      '10',
      '--json',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const events = jsonLines(stdout);
    expect(events.map(({ event }) => event)).toEqual([
      'start',
      ...Array<string>(10).fill('step'),
      'checkpoint',
      ...Array<string>(10).fill('step'),
      'checkpoint',
      'end',
    ]);
    const steps = events.filter(({ event }) => event === 'step');
    expect(Object.keys(steps[9] ?? {}).toSorted()).toEqual([
      'batchHash',
      'event',
      'gigaflopsPerSecond',
      'gradientNorm',
      'gradientNormBits',
      'learningRate',
      'loss',
      'lossBits',
      'millisecondsPerStep',
      'phase',
      'step',
      'tokensPerSecond',
      'validationLoss',
      'validationMetrics',
    ]);
    expect(Number(steps.at(-1)?.loss)).toBeLessThan(Number(steps[0]?.loss));
    expect((await readdir(out)).toSorted()).toEqual([
      'checkpoint-10',
      'checkpoint-20',
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
    ]);

    const generate = ['generate', '--model', out, '--max-tokens', '30', '--threads', '1'];
    const text = cloze([...generate, 'the c']);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/^the c.+\n$/su);
    expect(cloze([...generate, 'the c'])).toEqual(text);
    expect(cloze(generate, { input: 'the c\n' })).toEqual(text);
    expect(cloze([...generate, 'the c', '--seed', '2']).stdout).not.toBe(text.stdout);
    const [object] = jsonLines(cloze([...generate, 'the c', '--json']).stdout);
    expect(object).toMatchObject({ prompt: 'the c', finishReason: 'length' });
    expect(`the c${String(object?.text)}\n`).toBe(text.stdout);
    const file = join(folder, 'prompt.txt');
    await writeFile(file, 'the c\n');
    expect(cloze([...generate, '--file', file])).toEqual(text);

    expect(cloze(['check', out]).stdout).toMatch(
      /^sound {4}.*: model, gpt for causal-language-modeling, .* 2 checkpoints\n$/,
    );
    expect(cloze(['info', out]).stdout).toContain('gpt for causal-language-modeling');
    expect(cloze(['checkpoint', 'list', out]).stdout.match(/complete/g)).toHaveLength(2);
  }, 300_000);

  it('resumes to the same bits, with dropout', async () => {
    const [whole, stopped] = [await setUp(), await setUp()];
    const settings = ['--steps', '9', '--checkpoint-every', '4', '--dropout', '0.1', '--seed', '7'];
    expect(cloze([...whole.args, ...settings]).status).toBe(0);
    expect(cloze([...stopped.args, ...settings, '--stop-after', '5']).stdout).toContain('Stopped after step 5');
    expect(existsSync(join(stopped.out, 'model.safetensors'))).toBe(false);
    const resumed = cloze(['pretrain', '--resume', '--out', stopped.out]);
    expect({ status: resumed.status, stderr: resumed.stderr }).toEqual({ status: 0, stderr: '' });
    expect(resumed.stdout).toContain('step 5');
    expect(digest(stopped.out)).toBe(digest(whole.out));
    expect(await readFile(join(stopped.out, 'model.safetensors'))).toEqual(
      await readFile(join(whole.out, 'model.safetensors')),
    );
    // Once more changes nothing.
    expect(cloze(['pretrain', '--resume', '--out', stopped.out]).status).toBe(0);
    expect(digest(stopped.out)).toBe(digest(whole.out));
  }, 300_000);

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('saves on %s and says how to go on', async (signal, exitCode) => {
    const { out, args } = await setUp();
    const { status, stderr } = await clozeUntil([...args, '--steps', '100000', '--json'], /"step":3,/, signal);
    expect(status).toBe(exitCode);
    const error = jsonLines(stderr)[0];
    expect(error).toMatchObject({
      code: 'CANCELLED',
      exitCode,
      hint: `Saved. Go on with: cloze pretrain --resume --out ${out}`,
    });
    const resumed = cloze(['pretrain', '--resume', '--out', out, '--stop-after', '2']);
    expect(resumed.status).toBe(0);
    expect(resumed.stdout).toContain(`after step ${Number(error?.step) + 2}`);
  });

  it('goes back to a sound checkpoint only if told to', async () => {
    const { out, args } = await setUp();
    cloze([...args, '--steps', '8', '--stop-after', '4', '--checkpoint-every', '2']);
    const file = join(out, 'checkpoint-4', 'model.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const refused = cloze(['pretrain', '--resume', '--out', out]);
    expect(refused.status).toBe(6);
    expect(refused.stderr).toMatch(
      /^CHECKPOINT_CORRUPT: .*checkpoint-4\/model\.safetensors: .*sha256.*--fallback.*\n$/,
    );
    expect(cloze(['checkpoint', 'list', out]).status).toBe(6);
    const { status, stdout } = cloze(['pretrain', '--resume', '--fallback', '--out', out]);
    expect(status).toBe(0);
    expect(stdout).toContain('Passed over a damaged checkpoint.');
    expect(stdout).toMatch(/Going on from .*checkpoint-2, step 2\./);
  }, 300_000);
});
