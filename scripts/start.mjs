/** `npm start`: builds the command line and shows what it does, on text that is already on the disk. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

// The demonstration: what a user would type, in this order. A second start goes on from what the first has trained.
const run = 'runs/gpt-nano';
const DEMO = [
  existsSync(join(root, run))
    ? `cloze pretrain --resume --out ${run}`
    : `cloze pretrain --family gpt --preset nano --out ${run}`,
  `cloze generate --model ${run} "The read-only"`,
];
const NEXT = [
  `npx cloze generate --model ${run} "Returns the" --seed 2`,
  'npx cloze pretrain --data YOUR-TEXT.txt --out runs/yours',
  'npx cloze --help',
];

/**
 * Runs a script in the repository root and ends this one with its exit code where it fails.
 *
 * @param {string[]} args A script and its arguments.
 */
function execute(...args) {
  const { status, signal } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

// Ctrl-C reaches the running program too: it saves and says how to resume, and this one waits for it.
process.on('SIGINT', () => {});

execute(join(root, 'scripts', 'build.mjs'));

for (const line of DEMO) {
  console.log(`\n$ ${line}`);
  const [, ...args] = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
  execute(join(root, 'apps', 'cli', 'dist', 'main.js'), ...args);
}

console.log(`\nNext:\n${NEXT.map((line) => `  ${line}`).join('\n')}`);
