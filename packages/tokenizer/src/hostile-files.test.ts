import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { TokenizerError } from './errors.ts';
import { readBertVocabulary } from './files/bert-vocabulary.ts';
import { readGpt2Files } from './files/gpt2-files.ts';
import { readSentencePiece } from './files/sentence-piece.ts';
import { readTokenizerConfig } from './files/tokenizer-config.ts';
import { Draw, mutateBytes, mutateJson } from './fixtures/mutate.ts';
import { Tokenizer } from './tokenizer.ts';
import { trainByteLevelBpe } from './trainers/byte-level-bpe.ts';
import { trainUnigram } from './trainers/unigram.ts';
import { trainWordPiece } from './trainers/word-piece.ts';

const MUTATIONS = Number(process.env['CLOZE_MUTATIONS'] ?? 2000);
const SEED = Number(process.env['CLOZE_SEED'] ?? 20261125);

const LINES = ['the fox and the dog', 'the dog and the hen', 'a hen, a fox; a dog!'];
const TEXT = 'the fo\u00e9x <s> \ud800[CLS] \u4e2d\u6587\u0301 ab12 __proto__';
const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
const differential = JSON.parse(fixture('differential.json').toString()) as { tokenizer: unknown }[];
const TOKENIZERS = [
  trainByteLevelBpe(LINES, { vocabSize: 270, minFrequency: 1 }).toJson(),
  trainWordPiece(LINES, { vocabSize: 60, minFrequency: 1 }).toJson(),
  trainUnigram(LINES, { vocabSize: 40 }).toJson(),
  ...differential.map(({ tokenizer }) => JSON.stringify(tokenizer)),
];
const GPT2_VOCABULARY = JSON.stringify({ a: 0, b: 1, ab: 2, aba: 3, '\u0120': 4, '<|endoftext|>': 5, __proto__x: 6 });
const CONFIG = JSON.stringify({
  bos_token: '<s>',
  eos_token: { content: '</s>', lstrip: false },
  model_max_length: 512,
  additional_special_tokens: ['<a>', { content: '<b>' }],
  chat_template: [{ name: 'default', template: '{{ messages }}' }],
  do_lower_case: true,
});

/** Reads a file and uses what comes of it. */
type Use = (bytes: Uint8Array) => void;

function useTokenizer(tokenizer: Tokenizer): void {
  const json = tokenizer.toJson();
  expect(Tokenizer.fromJson(json).toJson()).toBe(json);
  const { ids } = tokenizer.encode(TEXT);
  tokenizer.encodeToIds(TEXT, { addSpecialTokens: false });
  tokenizer.encode(TEXT, { pair: 'fox' });
  tokenizer.decode(ids);
}

const FORMATS: [name: string, originals: readonly Uint8Array[], isJson: boolean, read: Use][] = [
  [
    'tokenizer.json',
    TOKENIZERS.map((text) => Buffer.from(text)),
    true,
    (bytes) => {
      useTokenizer(Tokenizer.fromJson(bytes, { file: 'f' }));
    },
  ],
  [
    'vocab.txt',
    [Buffer.from(`[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n__proto__\n${LINES.join('\n').replace(/ /g, '\n##')}\n`)],
    false,
    (bytes) => {
      useTokenizer(readBertVocabulary(bytes, { file: 'f' }));
    },
  ],
  [
    'vocab.json',
    [Buffer.from(GPT2_VOCABULARY)],
    true,
    (bytes) => {
      useTokenizer(readGpt2Files({ vocabulary: bytes, merges: '#version: 0.2\na b\nab a\n' }, { file: 'f' }));
    },
  ],
  [
    'merges.txt',
    [Buffer.from('#version: 0.2\na b\nab a\n')],
    false,
    (bytes) => {
      useTokenizer(readGpt2Files({ vocabulary: GPT2_VOCABULARY, merges: bytes }, { file: 'f' }));
    },
  ],
  [
    'spiece.model',
    [fixture('spiece.model')],
    false,
    (bytes) => {
      readSentencePiece(bytes, { file: 'f' }).decode(readSentencePiece(bytes, { file: 'f' }).encodeToIds(TEXT));
    },
  ],
  [
    'tokenizer_config.json',
    [Buffer.from(CONFIG)],
    true,
    (bytes) => {
      readTokenizerConfig(bytes, { file: 'f' });
    },
  ],
];

/** What is wrong with how a file was answered; undefined where nothing is. */
function complaint(bytes: Uint8Array, use: Use): string | undefined {
  try {
    use(bytes);
  } catch (error) {
    if (!(error instanceof TokenizerError)) return `no typed error: ${String(error)}`;
    const { file, offset, jsonPointer, line } = error;
    const hasPlace = offset !== undefined || jsonPointer !== undefined || line !== undefined;
    if (file !== undefined && !hasPlace) return `no place: ${error.message}`;
  }
  return undefined;
}

describe('files from strangers', () => {
  const keys = Object.getOwnPropertyNames(Object.prototype).join();
  afterEach(() => {
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(keys);
    expect(Object.getPrototypeOf(Object.prototype)).toBeNull();
  });

  it.each(FORMATS)(
    '%s: a typed error with a place, or a tokenizer that works',
    (name, originals, isJson, use) => {
      console.info(`${MUTATIONS} mutations of ${name}: CLOZE_SEED=${SEED}, CLOZE_MUTATIONS for more`);
      for (const original of originals) expect(complaint(original, use)).toBeUndefined();
      for (let index = 0; index < MUTATIONS; index++) {
        const draw = new Draw(SEED + index);
        const original = originals[draw.below(originals.length)] ?? Buffer.of();
        const mutant =
          isJson && draw.below(2) === 0
            ? Buffer.from(mutateJson(Buffer.from(original).toString(), draw))
            : mutateBytes(original, draw);
        const wrong = complaint(mutant, use);
        if (wrong !== undefined) {
          throw new Error(
            `mutation ${index} of ${name}, seed ${SEED}: ${wrong}\n${Buffer.from(mutant).toString().slice(0, 5000)}`,
          );
        }
      }
    },
    3_600_000,
  );
});
