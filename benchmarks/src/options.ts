import { parseArgs } from 'node:util';
import { ClozeError } from '@cloze/core';
import { METHOD_NAMES, type MethodName } from '@cloze/peft';
import { methodNamed } from './adapters/method-named.ts';
import { configurationNamed, CONFIGURATIONS, type Configuration } from './configurations.ts';
import {
  TOKENIZER_BENCHMARKS,
  tokenizerBenchmarkNamed,
  type TokenizerBenchmark,
} from './tokenizers/tokenizer-benchmarks.ts';

/** What can be measured. */
export const SUITES = ['training', 'adapters', 'families', 'tokenizers', 'generation', 'browser'] as const;

/** One of them. */
export type Suite = (typeof SUITES)[number];

/** The families that are measured unless others are named. */
const FAMILIES = ['gpt', 'bert', 'bart', 't5', 'glm', 'elmo'];

/** What `pnpm bench` was asked for. */
export interface Options {
  readonly suite: Suite;
  /** Of fine-tuning. */
  readonly methods: readonly MethodName[];
  readonly families: readonly string[];
  readonly preset: string;
  /** A text file; default: the command line's own text. */
  readonly data: string | undefined;
  /** For each family, in seconds. */
  readonly maxSeconds: number;
  readonly tokenizers: readonly TokenizerBenchmark[];
  /** Of text for tokenizers, in 10^6 bytes. */
  readonly megabytes: number;
  /** How many new tokens to generate, one race for each. */
  readonly numTokens: readonly number[];
  readonly configurations: readonly Configuration[];
  readonly rounds: number;
  readonly isJson: boolean;
  readonly isSaved: boolean;
  /** Profile this one and measure nothing. */
  readonly profile: Configuration | undefined;
  readonly isHelp: boolean;
}

export const HELP: string = `usage: pnpm bench [training | adapters | families | tokenizers | generation | browser] [options]

training (default): times training steps of GPT: compiled, eager TensorFlow.js, and PyTorch where a Python has it.

  --configurations NAMES  some of nano, mini, small, separated by commas (default: all)
  --rounds N              how often each engine has its turn (default: 5)
  --json                  figures as JSON on standard output, progress on standard error
  --save                  also write benchmarks/results/DATE-COMMIT.json and a row of its table
  --profile NAME          print the operators on which a compiled step of this configuration spends its time

adapters: times fine-tuning of an adapter beside training everything; takes --configurations, --rounds, --json and --save, too.

  --methods NAMES         some of ${METHOD_NAMES.slice(1).join(', ')} (default: lora)

families: pre-trains each family with the command line for a while: speed, share of the roof, loss.

  --families NAMES        separated by commas (default: ${FAMILIES.join(',')})
  --preset NAME           model size (default: mini)
  --data FILE             a text file (default: the command line's own text)
  --seconds N             for each family (default: 180)

tokenizers: encodes and trains beside the Rust tokenizers and gpt-tokenizer, on one core; takes --rounds, --json and --save, too.

  --tokenizers NAMES      some of ${TOKENIZER_BENCHMARKS.map(({ name }) => name).join(', ')} (default: all)
  --megabytes N           of text (default: 21); Rust takes minutes to train Unigram on that

generation: continues a prompt with GPT-2 small of random weights beside transformers.js; takes --rounds, --json and --save, too.

  --tokens NUMBERS        how many new tokens, separated by commas (default: 128,1000)

browser: times training steps in a page of Chromium, compiled beside eager tfjs wasm; takes --rounds, --json and --save, too.

  --help                  this text

CLOZE_PYTHON names the Python to use; default: the first of python3, python on the PATH that has PyTorch.
CLOZE_TRANSFORMERS_JS names the folder where transformers.js is installed:
npm install --ignore-scripts --prefix FOLDER @huggingface/transformers
CHROMIUM_PATH names the Chromium; default: one of the usual places.

examples:
  pnpm bench
  pnpm bench --configurations nano,mini --rounds 9
  pnpm bench --profile mini
  pnpm bench adapters --configurations small
  pnpm bench families --families bert,t5 --seconds 60
  pnpm bench tokenizers --tokenizers bpe,wordpiece --megabytes 5
  CLOZE_TRANSFORMERS_JS=/tmp/opponent pnpm bench generation --rounds 3`;

/** @throws {ClozeError} `USAGE` for what is unknown or makes no sense. */
export function parseOptions(args: readonly string[]): Options {
  const { suite, flags } = parseFlags(args);
  const { configurations, rounds, json, save, profile, help, families, preset, data, seconds } = flags;
  const { tokenizers, megabytes, tokens, methods } = flags;
  return {
    suite,
    methods: methods.split(',').map(methodNamed),
    families: families?.split(',') ?? FAMILIES,
    preset,
    data,
    maxSeconds: parseCount('seconds', seconds, 'Two minutes or more show whether it learns.'),
    tokenizers: tokenizers?.split(',').map(tokenizerBenchmarkNamed) ?? TOKENIZER_BENCHMARKS,
    megabytes: parseCount('megabytes', megabytes, 'One of them is the line without spaces.'),
    numTokens: tokens.split(',').map((count) => parseCount('tokens', count, 'GPT-2 has 1024 positions.')),
    configurations: configurations?.split(',').map(configurationNamed) ?? CONFIGURATIONS,
    rounds: parseCount('rounds', rounds, 'Five or more make the spread meaningful.'),
    isJson: json,
    isSaved: save,
    profile: profile === undefined ? undefined : configurationNamed(profile),
    isHelp: help,
  };
}

function parseFlags(args: readonly string[]) {
  const { values: flags, positionals } = parsed(args);
  const [name = 'training', ...others] = positionals;
  const suite = SUITES.find((known) => known === name);
  if (suite !== undefined && others.length === 0) return { suite, flags };
  throw new ClozeError('USAGE', {
    message: `What to measure must be one of ${SUITES.join(', ')}, got "${positionals.join(' ')}".`,
    hint: 'See pnpm bench --help.',
  });
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: args.filter((argument, index) => !(index === 0 && argument === '--')),
      allowPositionals: true,
      options: {
        configurations: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        json: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
        profile: { type: 'string' },
        methods: { type: 'string', default: 'lora' },
        families: { type: 'string' },
        preset: { type: 'string', default: 'mini' },
        data: { type: 'string' },
        seconds: { type: 'string', default: '180' },
        tokenizers: { type: 'string' },
        tokens: { type: 'string', default: '128,1000' },
        megabytes: { type: 'string', default: '21' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (cause) {
    // Node goes on to explain how to pass what begins with a dash.
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split(' To specify');
    throw new ClozeError('USAGE', {
      message: why.endsWith('.') ? why : `${why}.`,
      hint: 'See pnpm bench --help.',
      cause,
    });
  }
}

function parseCount(flag: string, text: string, hint: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1) return count;
  throw new ClozeError('USAGE', { message: `--${flag} must be a whole number from 1, got "${text}".`, hint });
}
