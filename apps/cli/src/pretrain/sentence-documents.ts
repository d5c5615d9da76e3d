import { ClozeError } from '@cloze/core';
import { packSentences, splitSentences, type TokenIds } from '@cloze/datasets';
import { proseSentences } from './prose-sentences.ts';
import type { PrepareRequest } from './recipe.ts';
import type { TrainingText } from './texts.ts';
import type { SplitTokens } from './tokens.ts';

/** Documents as the tokens of their sentences, split for training and validation. */
export interface SplitDocuments {
  readonly training: readonly (readonly TokenIds[])[];
  readonly validation: readonly (readonly TokenIds[])[];
  /** The tokens of both parts. */
  readonly tokens: SplitTokens;
}

/**
 * Reads documents, see {@link sentenceDocuments}, and keeps the last ones for validation.
 *
 * @throws {ClozeError} `DATA_INVALID` when there are fewer than two documents to learn from.
 */
export async function readDocuments({
  text,
  tokenizer,
  validationFraction,
}: Pick<PrepareRequest, 'text' | 'tokenizer' | 'validationFraction'>): Promise<SplitDocuments> {
  const documents = await packSentences(sentenceDocuments(text), {
    encode: (sentence) => tokenizer.encodeToIds(sentence, { addSpecialTokens: false }),
    vocabSize: tokenizer.vocabSize,
  });
  const cut = Math.floor(documents.length * (1 - validationFraction));
  const [training, validation] = [documents.slice(0, cut), documents.slice(cut)];
  if (training.length < 2) {
    throw new ClozeError('DATA_INVALID', {
      message: `The text must hold at least 2 documents for training, to tell the next sentence from a random one, got ${training.length}.`,
      hint: 'Separate documents by empty lines, or add text.',
      file: text.description,
    });
  }
  return { training, validation, tokens: { training: joined(training), validation: joined(validation) } };
}

/** Where empty lines separate paragraphs, so many sentences at least make a document: of a short one, no next sentence can be told. */
const MIN_SENTENCES = 16;

/** The sentences of each document of a text; a line may hold several. Short neighbours are joined. */
export async function* sentenceDocuments(text: TrainingText): AsyncGenerator<readonly string[], void, void> {
  for await (const file of text.documents()) {
    let sentences: string[] = [];
    for await (const lines of splitSentences(file, text.description)) {
      sentences.push(...lines.flatMap(proseSentences));
      if (sentences.length < MIN_SENTENCES) continue;
      yield sentences;
      sentences = [];
    }
    if (sentences.length > 0) yield sentences;
  }
}

function joined(documents: readonly (readonly TokenIds[])[]): Int32Array {
  return Int32Array.from(documents.flatMap((sentences) => sentences.flatMap((ids) => Array.from(ids))));
}
