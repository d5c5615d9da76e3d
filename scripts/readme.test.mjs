import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, workspacePackages } from './workspace.mjs';

describe('the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');

  it('lists packages that exist and are published, each once', () => {
    const listed = [...readme.matchAll(/^\| \[`([^`]+)`\]\(([^)]+)\)/gm)].map(([, name, link]) => `${name} in ${link}`);
    const published = workspacePackages().filter(({ manifest }) => manifest.private !== true);
    const known = published.map(({ folder, manifest }) => `${manifest.name} in ${relative(root, folder)}`);
    expect(listed.length).toBeGreaterThan(0);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.filter((row) => !known.includes(row))).toEqual([]);
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/philosophy.md', 'docs/adding-a-family.md'])(
    'and its neighbour %s link to files that exist',
    (path) => {
      const file = join(root, path);
      const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
      expect(links.filter((link) => !existsSync(join(file, '..', link)))).toEqual([]);
    },
  );
});
