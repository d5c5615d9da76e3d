import { TokenizerError } from './errors.ts';
import { checkGrowth } from './growth.ts';

/** The columns of an `Encoding`, one entry per token. */
export interface EncodingColumns {
  /** The texts that were encoded: one, or two for a pair. */
  readonly texts: readonly string[];
  readonly ids: Int32Array;
  readonly tokens: readonly string[];
  /** First and last-plus-one UTF-16 unit of the token in its text; 0 and 0 for tokens that no text contains. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly typeIds: Int32Array;
  /** 1 = token, 0 = padding. */
  readonly attentionMask: Uint8Array;
  /** 1 = added by the post-processor or padding. */
  readonly specialTokensMask: Uint8Array;
  /** Index of the pre-tokenized word, -1 = none. */
  readonly wordIds: Int32Array;
  /** 0 = first text, 1 = second, -1 = none. */
  readonly sequenceIds: Int32Array;
  /** What truncation cut off, in windows that overlap by the stride. */
  readonly overflowing: readonly Encoding[];
}

/** Which end of a sequence truncation removes, or padding fills. */
export type Direction = 'left' | 'right';

/** Tokens of a text or a pair of texts, as columns of the same length. Immutable. */
export class Encoding implements EncodingColumns {
  readonly texts: readonly string[];
  readonly ids: Int32Array;
  readonly tokens: readonly string[];
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly typeIds: Int32Array;
  readonly attentionMask: Uint8Array;
  readonly specialTokensMask: Uint8Array;
  readonly wordIds: Int32Array;
  readonly sequenceIds: Int32Array;
  readonly overflowing: readonly Encoding[];

  constructor(columns: EncodingColumns) {
    this.texts = columns.texts;
    this.ids = columns.ids;
    this.tokens = columns.tokens;
    this.starts = columns.starts;
    this.ends = columns.ends;
    this.typeIds = columns.typeIds;
    this.attentionMask = columns.attentionMask;
    this.specialTokensMask = columns.specialTokensMask;
    this.wordIds = columns.wordIds;
    this.sequenceIds = columns.sequenceIds;
    this.overflowing = columns.overflowing;
  }

  get length(): number {
    return this.ids.length;
  }

  /** Tokens of all overflowing parts. */
  get overflowLength(): number {
    return this.overflowing.reduce((sum, part) => sum + part.length, 0);
  }

  /** [start, end) of each token in its text, in UTF-16 units: `text.slice(start, end)`. */
  get offsets(): [number, number][] {
    return Array.from(this.starts, (start, index) => [start, this.ends[index] ?? 0]);
  }

  /** [start, end) of each token in Unicode code points, as Python counts. */
  get codePointOffsets(): [number, number][] {
    const positions = this.texts.map(codePointPositions);
    return this.offsets.map(([start, end], index) => {
      const table = positions[Math.max(0, this.sequenceIds[index] ?? 0)];
      return [table?.[start] ?? 0, table?.[end] ?? 0];
    });
  }

  /** The same tokens with some columns replaced. */
  with(columns: Partial<EncodingColumns>): Encoding {
    return new Encoding({
      texts: this.texts,
      ids: this.ids,
      tokens: this.tokens,
      starts: this.starts,
      ends: this.ends,
      typeIds: this.typeIds,
      attentionMask: this.attentionMask,
      specialTokensMask: this.specialTokensMask,
      wordIds: this.wordIds,
      sequenceIds: this.sequenceIds,
      overflowing: this.overflowing,
      ...columns,
    });
  }

  /** As part of a pair: `sequence` and type for every token, overflowing ones too. */
  withSequence(sequence: number, typeId: number): Encoding {
    return this.with({
      sequenceIds: this.sequenceIds.map((id) => (id === -1 ? -1 : sequence)),
      typeIds: new Int32Array(this.length).fill(typeId),
      overflowing: this.overflowing.map((part) => part.withSequence(sequence, typeId)),
    });
  }

  slice(start: number, end: number): Encoding {
    return new Encoding({
      texts: this.texts,
      ids: this.ids.slice(start, end),
      tokens: this.tokens.slice(start, end),
      starts: this.starts.slice(start, end),
      ends: this.ends.slice(start, end),
      typeIds: this.typeIds.slice(start, end),
      attentionMask: this.attentionMask.slice(start, end),
      specialTokensMask: this.specialTokensMask.slice(start, end),
      wordIds: this.wordIds.slice(start, end),
      sequenceIds: this.sequenceIds.slice(start, end),
      overflowing: [],
    });
  }

  /**
   * At most `maxLength` tokens; the rest becomes `overflowing`, in windows of the same length that share `stride` tokens with their neighbour.
   *
   * @throws {TokenizerError} `USAGE` when stride is not smaller than maxLength; `RESOURCE_LIMIT` for windows that share nearly all of their tokens.
   */
  truncate(maxLength: number, stride: number, direction: Direction): Encoding {
    const { length } = this;
    if (maxLength >= length) return this;
    if (maxLength === 0) return this.slice(0, 0).with({ overflowing: [this] });
    if (stride >= maxLength) {
      throw new TokenizerError(
        'USAGE',
        `the stride (${stride}) must be smaller than the length to keep (${maxLength})`,
        {
          hint: 'The special tokens are already subtracted from that length.',
        },
      );
    }
    const numWindows = Math.ceil((length - stride) / (maxLength - stride));
    checkGrowth('the overflow of truncation', numWindows * maxLength, length);
    const windows: Encoding[] = [];
    for (let at = 0; ; at += maxLength - stride) {
      const begin = direction === 'right' ? at : Math.max(0, length - at - maxLength);
      const end = direction === 'right' ? Math.min(length, at + maxLength) : length - at;
      windows.push(this.slice(begin, end));
      if (direction === 'right' ? end === length : begin === 0) break;
    }
    return this.slice(0, 0)
      .concat(windows[0] ?? this)
      .with({ overflowing: windows.slice(1) });
  }

  /** This, then `other`. Overflowing parts of either are combined with the other and with each other. */
  concat(other: Encoding): Encoding {
    const numWindows = (1 + this.overflowing.length) * (1 + other.overflowing.length);
    const together = this.length + other.length;
    checkGrowth('the overflow of a pair', numWindows * together, together + this.overflowLength + other.overflowLength);
    const overflowing = [
      ...this.overflowing.flatMap((mine) => [
        joined(mine, other),
        ...other.overflowing.map((theirs) => joined(mine, theirs)),
      ]),
      ...other.overflowing.map((theirs) => joined(this, theirs)),
    ];
    return joined(this, other).with({ overflowing });
  }

  /** Filled up to `length` tokens; longer encodings stay as they are. */
  pad(length: number, { id, typeId, token, direction }: PadToken): Encoding {
    const overflowing = this.overflowing.map((part) => part.pad(length, { id, typeId, token, direction }));
    const missing = length - this.length;
    if (missing <= 0) return this.with({ overflowing });
    const filler = new Encoding({
      texts: this.texts,
      ids: new Int32Array(missing).fill(id),
      tokens: new Array<string>(missing).fill(token),
      starts: new Int32Array(missing),
      ends: new Int32Array(missing),
      typeIds: new Int32Array(missing).fill(typeId),
      attentionMask: new Uint8Array(missing),
      specialTokensMask: new Uint8Array(missing).fill(1),
      wordIds: new Int32Array(missing).fill(-1),
      sequenceIds: new Int32Array(missing).fill(-1),
      overflowing: [],
    });
    return (direction === 'right' ? joined(this, filler) : joined(filler, this)).with({ overflowing });
  }
}

/** What padding fills with, and where. */
export interface PadToken {
  readonly id: number;
  readonly typeId: number;
  readonly token: string;
  readonly direction: Direction;
}

/** Special tokens that no text contains, as an encoding of their own. */
export function specialTokensEncoding(ids: readonly number[], tokens: readonly string[], typeId: number): Encoding {
  const { length } = ids;
  return new Encoding({
    texts: [],
    ids: Int32Array.from(ids),
    tokens,
    starts: new Int32Array(length),
    ends: new Int32Array(length),
    typeIds: new Int32Array(length).fill(typeId),
    attentionMask: new Uint8Array(length).fill(1),
    specialTokensMask: new Uint8Array(length).fill(1),
    wordIds: new Int32Array(length).fill(-1),
    sequenceIds: new Int32Array(length).fill(-1),
    overflowing: [],
  });
}

function joined(a: Encoding, b: Encoding): Encoding {
  return new Encoding({
    texts: a.texts.length > 0 ? a.texts : b.texts,
    ids: joinInts(a.ids, b.ids),
    tokens: [...a.tokens, ...b.tokens],
    starts: joinInts(a.starts, b.starts),
    ends: joinInts(a.ends, b.ends),
    typeIds: joinInts(a.typeIds, b.typeIds),
    attentionMask: joinBytes(a.attentionMask, b.attentionMask),
    specialTokensMask: joinBytes(a.specialTokensMask, b.specialTokensMask),
    wordIds: joinInts(a.wordIds, b.wordIds),
    sequenceIds: joinInts(a.sequenceIds, b.sequenceIds),
    overflowing: [],
  });
}

function joinInts(a: Int32Array, b: Int32Array): Int32Array {
  const result = new Int32Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}

/** For every UTF-16 index of `text` (and its end), the number of code points before it. */
function codePointPositions(text: string): Int32Array {
  const positions = new Int32Array(text.length + 1);
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    positions[index] = count;
    const unit = text.charCodeAt(index);
    const next = text.charCodeAt(index + 1);
    const isHighOfPair = unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
    if (!isHighOfPair) count++;
  }
  positions[text.length] = count;
  return positions;
}
