import { ClozeError } from '@cloze/core';

/** What encodes or trains, and what reports call it. */
export const TOKENIZER_ENGINES = { cloze: 'cloze', rust: 'Rust binding', 'gpt-tokenizer': 'gpt-tokenizer' } as const;

/** Ours, the Rust `tokenizers` through its npm binding, or gpt-tokenizer. */
export type TokenizerEngine = keyof typeof TOKENIZER_ENGINES;

/** What is measured of tokenizers. */
export interface TokenizerBenchmark {
  readonly name: string;
  readonly title: string;
  readonly task: 'encode' | 'train';
  readonly kind: 'bpe' | 'wordpiece' | 'unigram';
  /** Beside ours, and how many times faster ours is to be. */
  readonly targets: Readonly<Partial<Record<TokenizerEngine, number>>>;
  /** Where one turn takes minutes. Default: as many as asked for. */
  readonly maxRounds?: number;
}

/** In the order of the report. */
export const TOKENIZER_BENCHMARKS: readonly TokenizerBenchmark[] = [
  { name: 'bpe', title: "BPE, GPT-2's ranks", task: 'encode', kind: 'bpe', targets: { rust: 10, 'gpt-tokenizer': 3 } },
  { name: 'wordpiece', title: 'WordPiece, 30,000', task: 'encode', kind: 'wordpiece', targets: { rust: 3 } },
  { name: 'unigram', title: 'Unigram, 8,000', task: 'encode', kind: 'unigram', targets: { rust: 4 } },
  { name: 'bpe-training', title: 'train BPE, 30,000', task: 'train', kind: 'bpe', targets: { rust: 3 } },
  {
    name: 'unigram-training',
    title: 'train Unigram, 8,000',
    task: 'train',
    kind: 'unigram',
    targets: { rust: 10 },
    maxRounds: 1,
  },
];

/** How much longer encoding may take for each doubling of a line without spaces. */
export const DOUBLING_TARGET = 2.3;

/** @throws {ClozeError} `USAGE` when there is none of that name. */
export function tokenizerBenchmarkNamed(name: string): TokenizerBenchmark {
  const benchmark = TOKENIZER_BENCHMARKS.find((candidate) => candidate.name === name);
  if (benchmark !== undefined) return benchmark;
  throw new ClozeError('USAGE', {
    message: `A benchmark of tokenizers must be one of ${TOKENIZER_BENCHMARKS.map((known) => known.name).join(', ')}, got "${name}".`,
    hint: 'Name some of them, separated by commas.',
  });
}

/** The engines of a benchmark, ours first. */
export function enginesOf({ targets }: TokenizerBenchmark): TokenizerEngine[] {
  return ['cloze', ...ENGINE_NAMES.filter((engine) => targets[engine] !== undefined)];
}

const ENGINE_NAMES = ['rust', 'gpt-tokenizer'] as const;
const KINDS = ['bpe', 'wordpiece', 'unigram'] as const;

/** @throws {ClozeError} `INTERNAL` when it is none. */
export function parseTokenizerEngine(name: string): TokenizerEngine {
  return known(name, ['cloze', ...ENGINE_NAMES]);
}

/** @throws {ClozeError} `INTERNAL` when it is none. */
export function parseTokenizerKind(name: string): TokenizerBenchmark['kind'] {
  return known(name, KINDS);
}

function known<T extends string>(name: string, names: readonly T[]): T {
  const found = names.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  throw new ClozeError('INTERNAL', {
    message: `Benchmark worker: it must be one of ${names.join(', ')}, got "${name}".`,
    hint: 'Build the benchmarks again, so that both sides are of one version.',
  });
}
