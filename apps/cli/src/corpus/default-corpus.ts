import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { docComments, joinComments } from './doc-comments.ts';
import { findTypeScript } from './find-typescript.ts';

/** A text that needs no download, and what it is. */
export interface Corpus {
  readonly text: string;
  readonly description: string;
}

/**
 * The documentation comments of TypeScript's own library files: English prose that lies on the disk wherever TypeScript is installed.
 *
 * @throws {ClozeError} `DATA_INVALID` when TypeScript is not found.
 */
export async function defaultCorpus(): Promise<Corpus> {
  const { folder, version } = await findTypeScript();
  const names = (await readdir(folder)).filter((name) => /^lib\..*\.d\.ts$/.test(name)).toSorted();
  const sources = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return {
    text: joinComments(docComments(sources)),
    description: `the documentation comments of TypeScript ${version}`,
  };
}
