import { ClozeError } from '@cloze/core';
import type { RowPlace } from '@cloze/datasets';
import type { SequenceExample } from '@cloze/objectives';
import type { Encoding, Tokenizer, Truncation } from '@cloze/tokenizer';
import type { TaskContext } from './task.ts';

/** Tokens as the objectives read them. */
export interface EncodedText extends SequenceExample {
  /** The tokens as they are spelled in the text, for models that read characters. */
  readonly words?: readonly string[] | undefined;
}

/** Text to tokens within the length of a model. */
export class TextReader {
  readonly #tokenizer: Tokenizer;
  readonly #readsCharacters: boolean;

  constructor({ tokenizer, maxLength, readsCharacters }: TaskContext, truncation: Omit<Truncation, 'maxLength'> = {}) {
    this.#tokenizer = tokenizer.with({ truncation: { ...truncation, maxLength } });
    this.#readsCharacters = readsCharacters;
  }

  /** @throws {ClozeError} `DATA_INVALID` with file and line when there are no tokens, or too many that must be kept. */
  encode(text: string, pair: string | undefined, place: RowPlace | undefined): Encoding {
    const encoding = this.#encode(text, pair, place);
    if (encoding.length > 0) return encoding;
    throw new ClozeError('DATA_INVALID', {
      message: `The text must have at least one token, got none for ${JSON.stringify(text.slice(0, 40))}.`,
      hint: 'Leave it out.',
      ...place,
    });
  }

  /** @throws as {@link TextReader.encode}. */
  read(text: string, pair: string | undefined, place: RowPlace | undefined): EncodedText {
    return this.toExample(this.encode(text, pair, place));
  }

  toExample(encoding: Encoding): EncodedText {
    const { ids, typeIds } = encoding;
    return { inputIds: ids, tokenTypeIds: typeIds, ...(this.#readsCharacters && { words: spellings(encoding) }) };
  }

  #encode(text: string, pair: string | undefined, place: RowPlace | undefined): Encoding {
    try {
      return this.#tokenizer.encode(text, pair === undefined ? {} : { pair });
    } catch (cause) {
      throw new ClozeError('DATA_INVALID', {
        message: `The text must be one that the tokenizer can cut to the length of the model: ${cause instanceof Error ? cause.message : 'it is not'}`,
        hint: 'Shorten it, or allow more tokens.',
        cause,
        ...place,
      });
    }
  }
}

/** Special tokens as they are called, all others as the text has them. */
function spellings({ texts, tokens, starts, ends, sequenceIds }: Encoding): string[] {
  return tokens.map((token, index) => {
    const text = texts[sequenceIds[index] ?? -1];
    return text === undefined ? token : text.slice(starts[index], ends[index]);
  });
}
