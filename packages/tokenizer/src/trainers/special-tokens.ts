import type { AddedToken } from '../added-tokens.ts';

/** Special tokens with the ids firstId, firstId + 1, ..., as trainers number them. */
export function addedTokensOf(contents: readonly string[], firstId: number): AddedToken[] {
  return [...new Set(contents)].map((content, index) => ({ id: firstId + index, content, special: true }));
}
