/**
 * Installs the workspace with the pnpm version that package.json pins, on a machine that has only node and npm.
 * Where node_modules already matches the lockfile it does nothing, so it may run before every command.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);

/** @param {string} path Relative to the repository root. */
function read(path) {
  const file = new URL(path, root);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** pnpm leaves a copy of the lockfile that it has installed from, as its last act but one. */
function isInstalled() {
  const installed = read('node_modules/.pnpm/lock.yaml');
  return (
    installed !== undefined &&
    installed === read('pnpm-lock.yaml') &&
    existsSync(new URL('node_modules/.bin/turbo', root))
  );
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Cloze needs Node.js 20.19 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
  process.exit(1);
}

if (!isInstalled()) {
  const { packageManager } = JSON.parse(read('package.json') ?? '{}');
  const { status, error } = spawnSync('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    // The install script of onnxruntime-node would fetch CUDA libraries.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  if (error) console.error(`npx could not be started: ${error.message}. It comes with npm; is npm on the PATH?`);
  process.exit(status ?? 1);
}
