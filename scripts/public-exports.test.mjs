import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publicExports } from './public-exports.mjs';
import { workspacePackages } from './workspace.mjs';

const entries = workspacePackages()
  .map(({ folder, manifest }) => ({ name: manifest.name, folder, entry: join(folder, 'src', 'index.ts') }))
  .filter(({ entry }) => existsSync(entry));

/** @param {string} text */
function entryFile(text) {
  const folder = mkdtempSync(join(tmpdir(), 'cloze-exports-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'index.ts');
  writeFileSync(file, text);
  return file;
}

describe('the public exports', () => {
  // A change is meant to be seen in review: `pnpm --filter @cloze/scripts test -u` rewrites the lists.
  it.each(entries)('of $name are the listed ones', async ({ folder, entry }) => {
    await expect(`${publicExports(entry).join('\n')}\n`).toMatchFileSnapshot(join(folder, 'exports.txt'));
  });

  it('tell types from values', () => {
    const file = entryFile(
      "export { b, type C } from './b.ts';\nexport type { A } from './a.ts';\nimport './effect.ts';\n",
    );
    expect(publicExports(file)).toEqual(['type A', 'type C', 'value b']);
  });

  it('refuse stars and logic', () => {
    expect(() => publicExports(entryFile("export * from './a.ts';\n"))).toThrow("found: export * from './a.ts';");
    expect(() => publicExports(entryFile('export const one = 1;\n'))).toThrow('found: export const one = 1;');
  });
});
