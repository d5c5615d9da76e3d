/** `pnpm new package NAME` and `pnpm new family NAME`: copies a template into packages/NAME under its new name. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './workspace.mjs';

const KINDS = ['package', 'family'];

// Not copied: what installing, building and testing leave in the template itself.
const LEFTOVERS = new Set(['node_modules', 'dist', 'reports', '.turbo']);

/**
 * Copies a template.
 *
 * @param {string} template An absolute folder whose texts say `nova` and `Nova` where the new name goes.
 * @param {string} target An absolute folder that does not exist yet.
 * @param {string} name In kebab case.
 */
export function instantiate(template, target, name) {
  const pascal = name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  // novaFamily -> longContextFamily, NovaModel -> LongContextModel, @cloze/nova -> @cloze/long-context.
  const rename = (/** @type {string} */ text) =>
    text
      .replaceAll(/nova(?=[A-Z])/g, camel)
      .replaceAll('Nova', pascal)
      .replaceAll('nova', name);
  for (const entry of readdirSync(template, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(template.length + 1);
    if (!entry.isFile() || path.split(/[\\/]/).some((part) => LEFTOVERS.has(part))) continue;
    const copy = join(target, rename(path));
    mkdirSync(dirname(copy), { recursive: true });
    // The family template is a member of the workspace, so that it is tested; it is not published.
    writeFileSync(copy, rename(readFileSync(join(template, path), 'utf8')).replace('  "private": true,\n', ''));
  }
}

/**
 * Longer names make longer lines.
 *
 * @param {string} folder
 */
function format(folder) {
  const prettier = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
  spawnSync(process.execPath, [prettier, '--write', '--log-level=warn', folder], { stdio: 'inherit' });
}

/** @param {string[]} args */
function main(args) {
  const [kind = '', name = '', ...rest] = parseArgs({ args, allowPositionals: true }).positionals;
  if (!KINDS.includes(kind) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || rest.length > 0) {
    return 'usage: pnpm new package|family NAME, where NAME is kebab-case: pnpm new family roberta';
  }
  const target = join(root, 'packages', name);
  if (existsSync(target)) return `packages/${name} exists already. Choose another name, or remove the folder.`;
  instantiate(join(root, 'templates', kind), target, name);
  format(target);
  console.log(
    `Wrote packages/${name}. Next: pnpm install, then the description in package.json, README.md and src/index.ts.`,
  );
  return undefined;
}

if (process.argv[1] === import.meta.filename) {
  const complaint = main(process.argv.slice(2));
  if (complaint !== undefined) console.error(complaint);
  process.exitCode = complaint === undefined ? 0 : 2;
}
