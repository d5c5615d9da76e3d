#!/usr/bin/env node
import { CommanderError } from 'commander';
import { reportOf } from './error-report.ts';
import { createProgram, toUsageError } from './program.ts';
import { styleFor } from './terminal/style.ts';

/** Runs the command line and ends the process with the status that the table of errors gives. */
async function main(args: readonly string[]): Promise<void> {
  process.on('uncaughtException', (error) => void exitWith(error, args));
  process.on('unhandledRejection', (error) => void exitWith(error, args));
  // Whoever reads our output may stop doing so (`cloze generate ... | head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    await exitWith(error, args);
  }
  await flushed(process.stdout);
  process.exit();
}

async function exitWith(error: unknown, args: readonly string[]): Promise<never> {
  if (error instanceof CommanderError && error.exitCode === 0) process.exit(0);
  const report = reportOf(error instanceof CommanderError ? toUsageError(error) : error);
  const { red } = styleFor(process.stderr);
  const text = args.includes('--json') ? JSON.stringify(report) : report.message.replace(/^[A-Z_0-9]+(?=:)/, red);
  process.stderr.write(`${text}\n`);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(report.exitCode);
}

/** Pipes are written asynchronously; leaving at once would cut them off. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

await main(process.argv.slice(2));
