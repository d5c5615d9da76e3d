import { ConfigError } from '@cloze/core';

/** A text with blanks. */
export interface Prompt {
  /** The text around the blanks: one piece more than there are blanks. */
  readonly pieces: readonly string[];
}

/** The text with something in the place of each blank. */
export function fillBlanks({ pieces }: Prompt, textOf: (blank: number) => string): string {
  return pieces.reduce((text, piece, index) => text + textOf(index - 1) + piece);
}

/**
 * The text before and after the only blank.
 *
 * @throws {ConfigError} when there is none, or there are several.
 */
export function aroundBlank({ pieces }: Prompt): readonly [before: string, after: string] {
  const [before, after] = pieces;
  if (pieces.length === 2 && before !== undefined && after !== undefined) return [before, after];
  const numBlanks = pieces.length - 1;
  throw new ConfigError({
    message: `A prompt must have one blank, got ${numBlanks === 0 ? 'none' : numBlanks} in ${JSON.stringify(pieces.join('___'))}.`,
    hint: 'Write ___ in the template where the answer belongs, and nowhere else.',
  });
}
