/** Everything that must hold before a change is shared: format, lint, types, build and tests. Ends with one line of sums. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspacePackages } from './workspace.mjs';

const reports = [join(root, 'scripts'), ...workspacePackages().map(({ folder }) => folder)].map((folder) =>
  join(folder, 'reports', 'vitest.json'),
);
reports.forEach((report) => {
  rmSync(report, { force: true });
});

const started = performance.now();
const tasks = ['format:check', 'lint', 'typecheck', 'build', 'test'];
const { status } = spawnSync('turbo', ['run', ...tasks, '--concurrency=2', '--continue', ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  shell: process.platform === 'win32',
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
});

const sums = { passed: 0, failed: 0, skipped: 0, files: 0 };
for (const report of reports.filter((file) => existsSync(file))) {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  sums.passed += numPassedTests;
  sums.failed += numFailedTests;
  sums.skipped += numPendingTests;
  sums.files += testResults.length;
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped in ${sums.files} test files (${seconds} s)`,
);
if (status !== 0 && sums.failed === 0) console.log('Not a test but another task failed: see "Failed:" above.');
process.exitCode = status ?? 1;
