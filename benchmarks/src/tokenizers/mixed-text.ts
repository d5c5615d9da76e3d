import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isJsonObject, parseJson } from '@cloze/core';

const LIBRARY = dirname(createRequire(import.meta.url).resolve('typescript'));
/** UTF-16 units of a document, about. */
const DOCUMENT_LENGTH = 2000;
/** Letters of the line without spaces. */
const LONG_LINE_LENGTH = 1_000_000;

/**
 * Mixed text that every checkout has: TypeScript's doc comments and sources (English, code) and its messages in 13 languages (Chinese, Japanese and Korean
 * among them); last, a line of a million letters without a space.
 *
 * @param megabytes How much, in 10^6 bytes of UTF-8, or a little more. Messages repeat where there is not enough.
 */
export function mixedText(megabytes: number): string[] {
  const sources = readdirSync(LIBRARY).filter((name) => /^(lib\..*d\.ts|typescript\.js)$/.test(name));
  const documents = sources.flatMap((name) => cut(readFileSync(join(LIBRARY, name), 'utf8')));
  const messages = translations().flatMap(cut);
  const wanted = megabytes * 1e6 - LONG_LINE_LENGTH;
  do documents.push(...messages);
  while (sizeOf(documents) < wanted);
  // Evenly, so that a little is as mixed as much.
  const stride = Math.max(1, Math.floor(sizeOf(documents) / Math.max(1, wanted)));
  return [...documents.filter((_, index) => index % stride === 0), longLine(LONG_LINE_LENGTH)];
}

/** Letters of English prose with nothing between them. */
export function longLine(length: number): string {
  const letters = readFileSync(join(LIBRARY, 'lib.dom.d.ts'), 'utf8').replace(/[^a-z]+/g, '');
  return letters.repeat(Math.ceil(length / letters.length)).slice(0, length);
}

/** In bytes of UTF-8. */
export function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function translations(): string[] {
  return readdirSync(LIBRARY, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const json = parseJson(readFileSync(join(LIBRARY, entry.name, 'diagnosticMessages.generated.json')));
    const messages = isJsonObject(json) ? Object.values(json).filter((message) => typeof message === 'string') : [];
    return [messages.join('\n')];
  });
}

/** At line breaks. */
function cut(text: string): string[] {
  const documents: string[] = [];
  for (let at = 0; at < text.length;) {
    const line = text.indexOf('\n', at + DOCUMENT_LENGTH);
    const end = line === -1 ? text.length : line + 1;
    documents.push(text.slice(at, end));
    at = end;
  }
  return documents;
}
