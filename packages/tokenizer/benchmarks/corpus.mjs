import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';

const library = join(dirname(createRequire(import.meta.url).resolve('typescript')));

/**
 * Mixed text that every checkout has: TypeScript's doc comments and sources (English, code), its messages in 13 languages (CJK among them) and a line of
 * 1,000,000 letters without a space.
 *
 * @returns {string[]} Documents of about 2,000 characters, then the long line.
 */
export function mixedDocuments() {
  const documents = [];
  for (const entry of readdirSync(library, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      const messages = JSON.parse(readFileSync(join(library, entry.name, 'diagnosticMessages.generated.json'), 'utf8'));
      // Twice, so that other languages are a third of the text.
      for (let copy = 0; copy < 2; copy++) documents.push(...cut(Object.values(messages).join('\n')));
    } else if (/^(lib\..*d\.ts|typescript\.js)$/.test(entry.name)) {
      documents.push(...cut(readFileSync(join(library, entry.name), 'utf8')));
    }
  }
  documents.push(longLine(1_000_000));
  return documents;
}

/** Letters of English prose without anything between them. */
export function longLine(length) {
  const prose = readFileSync(join(library, 'lib.dom.d.ts'), 'utf8').replace(/[^a-z]+/g, '');
  return prose.repeat(Math.ceil(length / prose.length)).slice(0, length);
}

function cut(text) {
  const documents = [];
  for (let at = 0; at < text.length;) {
    const line = text.indexOf('\n', at + 2000);
    const end = line === -1 ? text.length : line + 1;
    documents.push(text.slice(at, end));
    at = end;
  }
  return documents;
}
