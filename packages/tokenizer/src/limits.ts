/** Bounds on what a file may make this package allocate. Every one can be raised through the `limits` option of the reader. */
export interface TokenizerLimits {
  /** Bytes (or UTF-16 units, for text already decoded) of one file. */
  readonly fileBytes: number;
  /** Nesting of objects and arrays in JSON. */
  readonly jsonDepth: number;
  /** UTF-16 units of one string in JSON, except a precompiled charsmap. */
  readonly stringLength: number;
  /** Largest token id plus one. */
  readonly vocabSize: number;
  /** Tokens added beside the vocabulary. */
  readonly addedTokens: number;
}

/** The limits that hold when none are given. */
export const DEFAULT_LIMITS: TokenizerLimits = {
  fileBytes: 256_000_000,
  jsonDepth: 64,
  stringLength: 100_000,
  vocabSize: 4_000_000,
  addedTokens: 1_000_000,
};
