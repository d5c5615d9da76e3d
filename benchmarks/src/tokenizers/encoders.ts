import { Tokenizer } from '@cloze/tokenizer';
import type { TokenizerEngine } from './tokenizer-benchmarks.ts';

/** Encodes texts to ids with one engine. */
export interface Encoder {
  /** All texts, for the time it takes. */
  encodeAll(texts: readonly string[]): Promise<void>;
  /** The ids of one text. */
  encode(text: string): Promise<ArrayLike<number>>;
  /** The same with nothing remembered from earlier texts. */
  cold(): Encoder;
}

/** @param json The text of a tokenizer.json. gpt-tokenizer brings its own ranks, GPT-2's. */
export async function openEncoder(engine: TokenizerEngine, json: string): Promise<Encoder> {
  switch (engine) {
    case 'cloze':
      return ours(Tokenizer.fromJson(json));
    case 'rust':
      return rust(json);
    case 'gpt-tokenizer':
      return gptTokenizer();
  }
}

function ours(tokenizer: Tokenizer): Encoder {
  return {
    encodeAll: (texts) => {
      for (const text of texts) tokenizer.encodeToIds(text);
      return Promise.resolve();
    },
    encode: (text) => Promise.resolve(tokenizer.encodeToIds(text)),
    cold: () => ours(tokenizer.with({})),
  };
}

/** The faster of its ways: all texts in one call, on one thread. */
async function rust(json: string): Promise<Encoder> {
  process.env['RAYON_NUM_THREADS'] = '1';
  const { default: library } = await import('tokenizers');
  const tokenizer = library.Tokenizer.fromString(json);
  const encoder: Encoder = {
    encodeAll: async (texts) => {
      await tokenizer.encodeBatch([...texts]);
    },
    encode: async (text) => (await tokenizer.encode(text)).getIds(),
    // Its cache cannot be emptied; it holds 10,000 words.
    cold: () => encoder,
  };
  return encoder;
}

async function gptTokenizer(): Promise<Encoder> {
  const { encode, clearMergeCache } = await import('gpt-tokenizer/encoding/r50k_base');
  const encoder: Encoder = {
    encodeAll: (texts) => {
      for (const text of texts) encode(text);
      return Promise.resolve();
    },
    encode: (text) => Promise.resolve(encode(text)),
    cold: () => {
      clearMergeCache();
      return encoder;
    },
  };
  return encoder;
}
