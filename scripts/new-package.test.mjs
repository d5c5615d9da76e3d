import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { instantiate } from './new-package.mjs';
import { root } from './workspace.mjs';

/** @param {string[]} args */
function run(...args) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'new-package.mjs'), ...args], {
    encoding: 'utf8',
  });
  return { status, stderr: stderr.trim() };
}

describe('pnpm new', () => {
  it('writes the template under its new name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloze-new-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    instantiate(join(root, 'templates', 'family'), folder, 'long-context');
    const read = (/** @type {string} */ path) => readFileSync(join(folder, path), 'utf8');
    expect(JSON.parse(read('package.json'))).toMatchObject({
      name: '@cloze/long-context',
      publishConfig: { access: 'public' },
    });
    expect(read('package.json')).not.toContain('private');
    expect(read('src/index.ts')).toContain("export { longContextFamily } from './family.ts';");
    expect(read('src/index.ts')).toContain("export type { LongContextConfig } from './config.ts';");
    expect(readdirSync(folder).filter((name) => ['node_modules', 'dist', 'reports', '.turbo'].includes(name))).toEqual(
      [],
    );
  });

  it('refuses other kinds, other spellings and folders that exist', () => {
    const usage = 'usage: pnpm new package|family NAME, where NAME is kebab-case: pnpm new family roberta';
    expect(run('model', 'roberta')).toEqual({ status: 2, stderr: usage });
    expect(run('family', '../Roberta')).toEqual({ status: 2, stderr: usage });
    expect(run('package')).toEqual({ status: 2, stderr: usage });
    expect(run('package', 'testing')).toEqual({
      status: 2,
      stderr: 'packages/testing exists already. Choose another name, or remove the folder.',
    });
  });
});
