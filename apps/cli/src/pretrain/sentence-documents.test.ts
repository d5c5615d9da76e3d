import { describe, expect, it } from 'vitest';
import { sentenceDocuments } from './sentence-documents.ts';
import type { TrainingText } from './texts.ts';

async function* inPieces<T>(...pieces: readonly T[]): AsyncGenerator<T, void, void> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

async function documentsOf(...files: readonly string[]): Promise<string[][]> {
  const text: TrainingText = {
    description: 'a test',
    documents: () => inPieces(...files.map((file) => inPieces(file.slice(0, 7), file.slice(7)))),
  };
  const documents: string[][] = [];
  for await (const sentences of sentenceDocuments(text)) documents.push([...sentences]);
  return documents;
}

describe('sentenceDocuments', () => {
  it('keeps documents that are long enough apart', async () => {
    const long = Array.from({ length: 16 }, (_, index) => `Sentence ${index}.`);
    expect(await documentsOf(`${long.join('\n')}\n\n${long.join(' ')}`)).toEqual([long, long]);
  });

  it('joins short neighbours, but not those of different files', async () => {
    expect(await documentsOf('One. Two.\n \nThree.', 'Four.')).toEqual([['One.', 'Two.', 'Three.'], ['Four.']]);
  });
});
