import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository root, as an absolute path. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The parts of a package.json that the scripts read.
 *
 * @typedef {{
 *   name: string, version: string, description: string, private?: boolean, exports?: Record<string, unknown>,
 *   dependencies?: Record<string, string>, devDependencies?: Record<string, string>, peerDependencies?: Record<string, string>,
 * }} Manifest
 */

/**
 * All packages, apps and the benchmarks, in the order of their folders' names.
 *
 * @returns {{ folder: string, manifest: Manifest }[]} Folders are absolute.
 */
export function workspacePackages() {
  const inside = (/** @type {string} */ group) =>
    existsSync(join(root, group))
      ? readdirSync(join(root, group))
          .toSorted()
          .map((name) => join(root, group, name))
      : [];
  return [...inside('packages'), ...inside('apps'), join(root, 'benchmarks')]
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }));
}
