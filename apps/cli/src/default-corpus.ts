import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * English prose that needs no download: the doc comments of TypeScript's own `lib.*.d.ts` files, about 0.9 MB or 137,000 words in 5,400 paragraphs,
 * one per line, each once. Code, tags and links are left out.
 *
 * @returns The same text for the same version of TypeScript. The paragraphs are mixed, so that the last tenth is a fair sample of the whole.
 */
export function defaultCorpus(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('typescript'));
  const files = readdirSync(folder).filter((name) => /^lib\..*\.d\.ts$/.test(name));
  const paragraphs = files.sort().flatMap((name) => docParagraphs(readFileSync(join(folder, name), 'utf8')));
  return mixed([...new Set(paragraphs)]).join('\n') + '\n';
}

/** The paragraphs of all doc comments in a source text that read as sentences, each on one line. */
export function docParagraphs(source: string): string[] {
  return [...source.matchAll(/\/\*\*(.*?)\*\//gs)]
    .flatMap(([, comment = '']) =>
      comment
        .replaceAll(/^[ \t]*\*[ \t]?/gm, '')
        .replaceAll(/```.*?(```|$)/gs, '\n\n')
        .replace(/^\s*@.*/ms, '')
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replaceAll('**', '')
        .split(/\n\s*\n/),
    )
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => /[a-z].*[.:]$/.test(paragraph));
}

/** Takes every 7,919th in turn: a prime, so that each is taken once unless their number is a multiple of it. */
function mixed(paragraphs: readonly string[]): string[] {
  const stride = paragraphs.length % 7919 === 0 ? 1 : 7919;
  return paragraphs.flatMap((_, index) => paragraphs[(index * stride) % paragraphs.length] ?? []);
}
