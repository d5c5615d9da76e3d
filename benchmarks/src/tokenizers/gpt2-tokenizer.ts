import { assert } from '@cloze/core';
import { Bpe, ByteLevelDecoder, ByteLevelPreTokenizer, Tokenizer, Vocabulary } from '@cloze/tokenizer';
import ranks from 'gpt-tokenizer/bpeRanks/r50k_base';

/**
 * GPT-2's tokenizer from the ranks that gpt-tokenizer carries. A list of ranks holds tokens in the order in which they were learned; the merge that made one is
 * the last that applies when it is encoded with the ranks before it.
 */
export function gpt2Tokenizer(): Tokenizer {
  const tokens = ranks.map(spelled);
  const rankOf = new Map(tokens.map((token, rank) => [token, rank]));
  const merges = tokens.flatMap((token, rank) => (token.length > 1 ? [partsOf(token, rank, rankOf)] : []));
  return new Tokenizer({
    preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }),
    model: new Bpe({ vocabulary: Vocabulary.fromTokens(tokens), merges }),
    decoder: new ByteLevelDecoder(),
  });
}

function partsOf(token: string, rank: number, rankOf: ReadonlyMap<string, number>): [string, string] {
  const parts = Array.from(token);
  while (parts.length > 2) {
    let best = rank;
    let at = -1;
    for (let index = 0; index + 1 < parts.length; index++) {
      const candidate = rankOf.get(`${parts[index] ?? ''}${parts[index + 1] ?? ''}`) ?? Infinity;
      if (candidate >= best) continue;
      best = candidate;
      at = index;
    }
    assert(at !== -1, `gpt2Tokenizer: token ${rank} must be made by a merge.`);
    parts.splice(at, 2, `${parts[at] ?? ''}${parts[at + 1] ?? ''}`);
  }
  const [left = '', right = ''] = parts;
  return [left, right];
}

/** As GPT-2 spells bytes: printable ones stand for themselves, the others for U+0100 and what follows. */
function spelled(token: string | readonly number[]): string {
  const bytes = typeof token === 'string' ? new TextEncoder().encode(token) : token;
  return Array.from(bytes, (byte) => BYTE_CHARACTERS[byte] ?? '').join('');
}

const BYTE_CHARACTERS = byteCharacters();

function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}
