import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pretrainAGpt } from './pretrain-a-gpt.ts';

let folder: string;
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloze-examples-'));
  text = await readFile(join(import.meta.dirname, '../../../docs/philosophy.md'), 'utf8');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the examples of the guide', () => {
  it('pre-trains a GPT that writes', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const written = await pretrainAGpt(text, join(folder, 'gpt'), 30);
    const losses = log.mock.calls.map(([, loss]) => Number(loss));
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 1);
    expect(written.length).toBeGreaterThan(20);
    expect(await readdir(join(folder, 'gpt'))).toContain('model.safetensors');
  });
});
