import { RandomKey } from '@cloze/core';

/**
 * The prose of documentation comments: what a person would read. Tags, links, code and markup are left out; a comment that occurs twice is taken
 * once.
 *
 * @param sources TypeScript declarations.
 * @returns comments in the order of the sources, each a text of one or more paragraphs.
 */
export function docComments(sources: Iterable<string>): string[] {
  const comments = new Set<string>();
  for (const source of sources) {
    for (const [, comment = ''] of source.matchAll(/\/\*\*([\s\S]*?)\*\//g)) {
      const text = toProse(comment);
      if (text !== '') comments.add(text);
    }
  }
  return [...comments];
}

/**
 * Joins comments into one text, neighbours together but their groups in a fixed random order, so that the end of the text (which is not trained on)
 * is about the same things as the rest.
 */
export function joinComments(comments: readonly string[]): string {
  const groups = Array.from({ length: Math.ceil(comments.length / GROUP_SIZE) }, (_, index) =>
    comments.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE),
  );
  const order = RandomKey.fromSeed(0).permutation(groups.length);
  return `${Array.from(order)
    .flatMap((index) => groups[index] ?? [])
    .join('\n\n')}\n`;
}

const GROUP_SIZE = 8;
const MIN_LENGTH = 24;

function toProse(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd());
  const text = lines
    .join('\n')
    .replaceAll(/```[\s\S]*?(```|$)/g, '')
    // From the first tag on: parameters and examples are fragments. What a function returns is a sentence.
    .replace(/(^|\n)@returns?\s+(?=\S)/, '\n\n@Returns ')
    .replace(/(^|\n)@(?!Returns )[\s\S]*$/, '')
    .replaceAll('@Returns ', 'Returns ')
    .replaceAll(/^\[MDN Reference\].*$/gm, '')
    .replaceAll(/\{@link(?:code)? ([^}]*)\}/g, '$1')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\*\*|`/g, '');
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph.length >= MIN_LENGTH && /^[A-Z][^|]*[.!?:]$/.test(paragraph))
    .join('\n\n');
}
