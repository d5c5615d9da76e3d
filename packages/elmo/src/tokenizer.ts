import {
  TemplatePostProcessor,
  trainWordLevel,
  type Corpus,
  type Tokenizer,
  type WordLevelOptions,
} from '@cloze/tokenizer';

/** Begins a sentence. */
export const SENTENCE_START = '<S>';
/** Ends a sentence. */
export const SENTENCE_END = '</S>';
/** Stands for words that are not in the vocabulary when they are to be predicted. */
const UNKNOWN_WORD = '<UNK>';

/**
 * The vocabulary that an ELMo is pre-trained with: the most frequent words in that order, which sampling relies on, after the three tokens of bilm-tf.
 * Encoding a sentence puts `<S>` and `</S>` around it.
 *
 * Words are runs of letters and digits, and runs of other characters. bilm-tf splits at spaces and leaves the rest to whoever prepared the text.
 *
 * @throws {TokenizerError} `CANCELLED`.
 */
export function trainElmoVocabulary(
  corpus: Corpus,
  options: Omit<WordLevelOptions, 'specialTokens' | 'unknownToken'> = {},
): Tokenizer {
  const specialTokens = [SENTENCE_END, SENTENCE_START, UNKNOWN_WORD];
  const tokenizer = trainWordLevel(corpus, { ...options, specialTokens, unknownToken: UNKNOWN_WORD });
  const start = { special: SENTENCE_START, typeId: 0 };
  const end = { special: SENTENCE_END, typeId: 0 };
  return tokenizer.with({
    postProcessor: new TemplatePostProcessor({
      single: [start, { sequence: 'A', typeId: 0 }, end],
      pair: [start, { sequence: 'A', typeId: 0 }, end, start, { sequence: 'B', typeId: 0 }, end],
      specials: new Map(
        [SENTENCE_START, SENTENCE_END].map((token) => [
          token,
          { ids: [specialTokens.indexOf(token)], tokens: [token] },
        ]),
      ),
    }),
  });
}
