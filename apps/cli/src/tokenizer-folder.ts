import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClozeError } from '@cloze/core';
import { readBertVocabulary, readGpt2Files, readSentencePiece, Tokenizer } from '@cloze/tokenizer';
import { namesIn } from './run-folder.ts';

/**
 * The tokenizer of a folder, or in a file: `tokenizer.json`, or the older `vocab.json` with `merges.txt`, `vocab.txt`, `spiece.model`.
 *
 * @throws {ClozeError} `DATA_INVALID` when there is none.
 */
export async function tokenizerFrom(path: string): Promise<Tokenizer> {
  const names = await namesIn(path);
  const isFile = names.length === 0 && (await stat(path).catch(missing))?.isFile() === true;
  if (isFile) return fromFile(path);
  const found = ['tokenizer.json', 'vocab.json', 'vocab.txt', 'spiece.model'].find((name) => names.includes(name));
  if (found !== undefined) return fromFile(join(path, found));
  throw new ClozeError('DATA_INVALID', {
    message: 'A tokenizer must be a tokenizer.json or a folder with one, found none.',
    hint: 'Check the path after --tokenizer.',
    file: path,
  });
}

async function fromFile(file: string): Promise<Tokenizer> {
  const bytes = await readFile(file);
  if (file.endsWith('vocab.json')) {
    return readGpt2Files({ vocabulary: bytes, merges: await readFile(join(dirname(file), 'merges.txt')) });
  }
  if (file.endsWith('.txt')) return readBertVocabulary(bytes);
  if (file.endsWith('.model')) return readSentencePiece(bytes, { file });
  return Tokenizer.fromJson(bytes, { file });
}

function missing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return undefined;
  throw error;
}
