import { describe, expect, it } from 'vitest';
import { docComments, joinComments } from './doc-comments.ts';

const SOURCE = `
/**
 * The **\`AbortController\`** interface represents a controller object that allows you to
 * abort one or more requests.
 *
 * [MDN Reference](https://example.org/AbortController)
 */
interface AbortController {
    /**
     * Returns the {@link AbortSignal} object. See [the guide](https://example.org/guide) for more.
     * @param reason Why.
     * @deprecated
     */
    readonly signal: AbortSignal;
    /** [MDN Reference](https://example.org/abort) */
    abort(): void;
    /**
     * Finds a value in the array.
     * @returns The first value that was found.
     * @example find(1)
     */
    find(): number;
    /** See \`x\`. */
    /* No documentation at all, only a comment. */
    /**
     * Encodes the text as bytes.
     * \`\`\`ts
     * encode('x');
     * \`\`\`
     */
    encode(): void;
    /** Encodes the text as bytes. */
    encodeAgain(): void;
}
`;

describe('docComments', () => {
  it('takes the prose and leaves the rest', () => {
    expect(docComments([SOURCE])).toEqual([
      'The AbortController interface represents a controller object that allows you to abort one or more requests.',
      'Returns the AbortSignal object. See the guide for more.',
      'Finds a value in the array.\n\nReturns The first value that was found.',
      'Encodes the text as bytes.',
    ]);
  });

  it('takes nothing from what has no comments', () => {
    expect(docComments(['', 'declare const x: 1;', '/** unfinished'])).toEqual([]);
  });
});

describe('joinComments', () => {
  it('keeps all comments and the neighbourhood of each, in an order that is always the same', () => {
    const comments = Array.from({ length: 100 }, (_, index) => `Comment number ${index}.`);
    const text = joinComments(comments);
    expect(text.trimEnd().split('\n\n').toSorted()).toEqual(comments.toSorted());
    expect(text).toContain('Comment number 8.\n\nComment number 9.');
    expect(text).not.toBe(`${comments.join('\n\n')}\n`);
    expect(joinComments(comments)).toBe(text);
  });
});
