// Namespaces: a browser may load this file, but not call it.
import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * The folder with the large parity fixtures, which lie outside the repository: `CLOZE_PARITY`, or `../shared/parity` seen from the repository root.
 *
 * @returns An absolute path, or undefined (and one printed line per test file) where the folder does not exist. Suites that need it stand in
 *   `*.parity.test.ts` under `describe.runIf(parity !== undefined)`.
 */
export function parityFolder(): string | undefined {
  const folder = process.env.CLOZE_PARITY ?? path.join(repositoryRoot(), '..', 'shared', 'parity');
  if (fs.existsSync(folder)) return path.resolve(folder);
  console.warn(`parity tests are skipped: ${folder} does not exist (set CLOZE_PARITY to the folder with the fixtures)`);
  return undefined;
}

function repositoryRoot(): string {
  let folder = import.meta.dirname;
  while (!fs.existsSync(path.join(folder, 'pnpm-workspace.yaml'))) {
    const parent = path.dirname(folder);
    if (parent === folder)
      throw new Error('parityFolder: no pnpm-workspace.yaml above this file; run it inside the workspace.');
    folder = parent;
  }
  return folder;
}
