import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parityFolder } from './parity-folder.ts';

describe('parityFolder', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('takes the folder that CLOZE_PARITY names', () => {
    vi.stubEnv('CLOZE_PARITY', tmpdir());
    expect(parityFolder()).toBe(tmpdir());
  });

  it('reports a folder that does not exist', () => {
    vi.stubEnv('CLOZE_PARITY', '/no/such/folder');
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    expect(parityFolder()).toBeUndefined();
    expect(warn.mock.calls).toMatchInlineSnapshot(`
      [
        [
          "parity tests are skipped: /no/such/folder does not exist (set CLOZE_PARITY to the folder with the fixtures)",
        ],
      ]
    `);
  });
});
