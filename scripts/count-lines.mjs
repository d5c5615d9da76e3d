/** `node scripts/count-lines.mjs`: how long the sources are, per package. Tests are counted apart. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, workspacePackages } from './workspace.mjs';

/**
 * The TypeScript files of a package with their numbers of lines.
 *
 * @param {string} folder
 */
export function countLines(folder) {
  return readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      const lines = readFileSync(file, 'utf8').split('\n').length - 1;
      return { file: relative(root, file), lines, isTest: /\.(test|test-d|bench|e2e)\.ts$/.test(name) };
    });
}

/** @param {number[]} sorted */
function quantile(sorted, share = 0.5) {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}

if (process.argv[1] === import.meta.filename) {
  const rows = workspacePackages().map(({ folder, manifest }) => {
    const files = countLines(folder);
    const sum = (/** @type {{ lines: number }[]} */ counted) => counted.reduce((total, { lines }) => total + lines, 0);
    const lengths = files
      .filter(({ isTest }) => !isTest)
      .map(({ lines }) => lines)
      .sort((a, b) => a - b);
    return {
      package: manifest.name,
      files: lengths.length,
      lines: sum(files.filter(({ isTest }) => !isTest)),
      median: quantile(lengths),
      '90 %': quantile(lengths, 0.9),
      longest: lengths.at(-1) ?? 0,
      'lines of tests': sum(files.filter(({ isTest }) => isTest)),
    };
  });
  console.table(rows);
}
