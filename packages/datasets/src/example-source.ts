/** Where a source stands, as JSON: saved in checkpoints, so that a resumed run sees the examples that an uninterrupted one would have seen. */
export type DataCursor = Readonly<Record<string, number>>;

/** Some examples, and where the next ones begin. */
export interface ExampleSlice<Example> {
  readonly examples: readonly Example[];
  readonly cursor: DataCursor;
}

/**
 * An endless sequence of training examples that can be continued from any cursor. Reading is pure: the same cursor gives the same examples, in any
 * order of calls and in any process.
 */
export interface ExampleSource<Example> {
  /** Where the sequence begins. */
  readonly start: DataCursor;
  /** Hexadecimal; equal for equal data and settings. A checkpoint holds it, because a cursor means nothing in other data. */
  readonly fingerprint: string;
  /**
   * The next `count` examples.
   *
   * @throws {ClozeError} `CHECKPOINT_MISMATCH` when the cursor is not one of this source.
   */
  read(cursor: DataCursor, count: number): Promise<ExampleSlice<Example>>;
}
