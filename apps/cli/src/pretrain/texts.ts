import { readText, splitAtWords } from '@cloze/datasets';
import { defaultCorpus } from '../corpus/default-corpus.ts';

/** The text that a run learns from; it can be read more than once. */
export interface TrainingText {
  /** For people: file names, or what the default text is. */
  readonly description: string;
  /** Each document in pieces that can be tokenized one by one. */
  documents(): AsyncIterable<AsyncIterable<string>>;
}

/** The text of files, one document each, or the default text where none are named. */
export async function trainingText(files: readonly string[] | undefined): Promise<TrainingText> {
  if (files === undefined) {
    const { text, description } = await defaultCorpus();
    return { description, documents: () => documentsOf([() => [text]]) };
  }
  const [first = '', ...others] = files;
  return {
    description: others.length === 0 ? first : `${first} and ${others.length} more`,
    documents: () => documentsOf(files.map((file) => () => readText(file))),
  };
}

async function* documentsOf(
  sources: readonly (() => AsyncIterable<string> | Iterable<string>)[],
): AsyncGenerator<AsyncIterable<string>, void, void> {
  for (const source of sources) yield await Promise.resolve(splitAtWords(source()));
}
