import { parseArgs } from 'node:util';
import { ClozeError } from '@cloze/core';
import { configurationNamed, CONFIGURATIONS, type Configuration } from './configurations.ts';

/** What `pnpm bench` was asked for. */
export interface Options {
  readonly configurations: readonly Configuration[];
  readonly rounds: number;
  readonly isJson: boolean;
  readonly isSaved: boolean;
  /** Profile this one and measure nothing. */
  readonly profile: Configuration | undefined;
  readonly isHelp: boolean;
}

export const HELP = `usage: pnpm bench [options]

Times training steps of GPT: compiled, eager TensorFlow.js, and PyTorch where a Python has it.

  --configurations NAMES  some of nano, mini, small, separated by commas (default: all)
  --rounds N              how often each engine has its turn (default: 5)
  --json                  figures as JSON on standard output, progress on standard error
  --save                  also write benchmarks/results/DATE-COMMIT.json and a row of its table
  --profile NAME          print the operators on which a compiled step of this configuration spends its time
  --help                  this text

CLOZE_PYTHON names the Python to use; default: the first of python3, python on the PATH that has PyTorch.

examples:
  pnpm bench
  pnpm bench --configurations nano,mini --rounds 9
  pnpm bench --profile mini`;

/** @throws {ClozeError} `USAGE` for what is unknown or makes no sense. */
export function parseOptions(args: readonly string[]): Options {
  const { configurations, rounds, json, save, profile, help } = parseFlags(args);
  return {
    configurations: configurations?.split(',').map(configurationNamed) ?? CONFIGURATIONS,
    rounds: parseRounds(rounds),
    isJson: json,
    isSaved: save,
    profile: profile === undefined ? undefined : configurationNamed(profile),
    isHelp: help,
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: args.filter((argument, index) => !(index === 0 && argument === '--')),
      options: {
        configurations: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        json: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClozeError('USAGE', {
      message: why.endsWith('.') ? why : `${why}.`,
      hint: 'See pnpm bench --help.',
      cause,
    });
  }
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (/^\d+$/.test(text) && rounds >= 1) return rounds;
  throw new ClozeError('USAGE', {
    message: `--rounds must be a whole number from 1, got "${text}".`,
    hint: 'Five or more make the spread meaningful.',
  });
}
