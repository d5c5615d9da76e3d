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
    instantiate(join(root, 'templates', 'package'), join(folder, 'long-context'), 'long-context');
    const files = readdirSync(join(folder, 'long-context'), { recursive: true }).map(String);
    expect(files.toSorted()).toEqual([
      'README.md',
      'package.json',
      'src',
      join('src', 'index.ts'),
      'tsconfig.build.json',
      'tsconfig.json',
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'long-context', 'package.json'), 'utf8'))).toMatchObject({
      name: '@cloze/long-context',
      description: 'One sentence that says what LongContext is.',
    });
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
