import { toUtf8 } from '../byte-characters.ts';

/** Characters of a word that ELMo sees, markers included. */
const WORD_LENGTH = 50;
/** Ids before one is added to all of them, which leaves 0 for masked tokens. */
const SENTENCE_START = 256;
const SENTENCE_END = 257;
const WORD_START = 258;
const WORD_END = 259;
const PADDING = 260;

/**
 * A word as ELMo's 262 characters: start of word, at most 48 UTF-8 bytes, end of word, padding to 50; `<S>` and `</S>` have characters of their own. Every
 * id is one larger than the byte, 0 = masked token.
 *
 * @returns [50], ids in 0..261.
 * @see Peters et al. 2018, "Deep contextualized word representations", section 3.3; `elmo_indexer.py` of AllenNLP. <https://arxiv.org/abs/1802.05365>
 */
export function wordToCharacterIds(word: string): Int32Array {
  const ids = new Int32Array(WORD_LENGTH).fill(PADDING + 1);
  let at = 0;
  ids[at++] = WORD_START + 1;
  if (word === '<S>') ids[at++] = SENTENCE_START + 1;
  else if (word === '</S>') ids[at++] = SENTENCE_END + 1;
  else for (const byte of toUtf8(word).subarray(0, WORD_LENGTH - 2)) ids[at++] = byte + 1;
  ids[at] = WORD_END + 1;
  return ids;
}
