import type { Direction, Encoding } from './encoding.ts';
import { TokenizerError } from './errors.ts';

/** How encodings are made equally long. */
export interface Padding {
  /** As long as the longest of a batch, or a fixed number of tokens. Default longest. */
  readonly length?: 'longest' | number;
  /** Which end is filled. Default right. */
  readonly direction?: Direction;
  /** Round the length up to a multiple of this. Default none. */
  readonly toMultipleOf?: number | undefined;
  /** Id of the token to fill with. Default 0. */
  readonly id?: number;
  /** Token type to fill with. Default 0. */
  readonly typeId?: number;
  /** Text of the token to fill with. Default `[PAD]`. */
  readonly token?: string;
}

/** Longest length to fill up to. */
const MOST_TOKENS = 1 << 20;

/**
 * All encodings padded to one length; longer ones than a fixed length stay as they are.
 *
 * @throws {TokenizerError} `RESOURCE_LIMIT`.
 */
export function pad(encodings: readonly Encoding[], padding: Padding): Encoding[] {
  const { direction = 'right', toMultipleOf = 0, id = 0, typeId = 0, token = '[PAD]' } = padding;
  const wanted = padding.length ?? 'longest';
  let length = wanted === 'longest' ? encodings.reduce((most, encoding) => Math.max(most, encoding.length), 0) : wanted;
  if (toMultipleOf > 0) length = Math.ceil(length / toMultipleOf) * toMultipleOf;
  if (length > MOST_TOKENS) {
    throw new TokenizerError('RESOURCE_LIMIT', `encodings must be padded to at most ${MOST_TOKENS} tokens`, {
      actual: `${length}`,
    });
  }
  return encodings.map((encoding) => encoding.pad(length, { id, typeId, token, direction }));
}
