/** Builds everything in one TypeScript process, which reads each source once: several times faster than package by package. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspacePackages } from './workspace.mjs';

const projects = workspacePackages()
  .map(({ folder }) => join(folder, 'tsconfig.build.json'))
  .filter((project) => existsSync(project));
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
