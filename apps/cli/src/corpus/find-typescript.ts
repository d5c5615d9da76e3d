import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ClozeError } from '@cloze/core';

/**
 * Where TypeScript's library files lie.
 *
 * @throws {ClozeError} `DATA_INVALID` when TypeScript is not found.
 */
export async function findTypeScript(): Promise<{ readonly folder: string; readonly version: string }> {
  // The one that came with this program, else the one of the project where it is used.
  const bases = [import.meta.url, join(process.cwd(), 'package.json')];
  for (const base of bases) {
    try {
      const manifest = createRequire(base).resolve('typescript/package.json');
      const json: unknown = JSON.parse(await readFile(manifest, 'utf8'));
      const version = typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '';
      return { folder: join(dirname(manifest), 'lib'), version };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new ClozeError('DATA_INVALID', {
    message:
      'The default text, the documentation comments of TypeScript, was not found: TypeScript is not installed here.',
    hint: 'Name your own text with --data, or install it (npm install typescript).',
  });
}
