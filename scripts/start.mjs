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
 * Runs a program in the repository root and ends this one with its exit code where it fails.
 *
 * @param {string} program
 * @param {string[]} args
 */
function execute(program, args, env = {}) {
  const { status, signal } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && program === 'turbo',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

// Ctrl-C reaches the running program too: it saves and says how to resume, and this one waits for it.
process.on('SIGINT', () => {});

const build = ['run', 'build', '--filter=cloze...', '--concurrency=2', '--output-logs=errors-only'];
execute('turbo', build, { TURBO_TELEMETRY_DISABLED: '1' });

for (const line of DEMO) {
  console.log(`\n$ ${line}`);
  const [, ...args] = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
  execute(process.execPath, [join(root, 'apps', 'cli', 'dist', 'main.js'), ...args]);
}

console.log(`\nNext:\n${NEXT.map((line) => `  ${line}`).join('\n')}`);
