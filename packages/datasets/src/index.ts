/**
 * Data for training from files of any size: text, JSON Lines, CSV, TSV and Parquet, read strictly, shuffled by key, packed or sorted into batches of
 * similar length, with a cursor that can be saved.
 *
 * @module
 */
export { blobReader, fileReader } from './byte-reader.ts';
export { DataRow } from './data-row.ts';
export type { RowPlace } from './data-row.ts';
export { CSV, parseDelimited, TSV } from './delimited.ts';
export type { DelimitedOptions, DelimitedRow } from './delimited.ts';
export { splitAtWords, splitDocuments } from './documents.ts';
export { epochSource } from './epoch-source.ts';
export type { DataCursor, ExampleSlice, ExampleSource } from './example-source.ts';
export { fileBytes } from './file-bytes.ts';
export { fingerprint } from './fingerprint.ts';
export { gunzip, isGzip } from './gzip.ts';
export type { GunzipLimits } from './gzip.ts';
export { indexedSource } from './indexed-source.ts';
export { parseJsonLines, textField } from './json-lines.ts';
export type { JsonLine } from './json-lines.ts';
export { bucketLengths, lengthBuckets } from './length-buckets.ts';
export type { LengthBucketOptions } from './length-buckets.ts';
export { readLines } from './lines.ts';
export type { Line, LineOptions } from './lines.ts';
export { listSource } from './list-source.ts';
export { mixingRate, mixture } from './mixture.ts';
export type { MixingOptions, MixtureComponent } from './mixture.ts';
export { packTokens } from './pack.ts';
export type { PackOptions, TokenIds } from './pack.ts';
export { parallelText } from './parallel-text.ts';
export type { ParallelLine, ParallelSide } from './parallel-text.ts';
export { openParquet, readParquet } from './parquet.ts';
export type { ParquetFile, ParquetOptions, ParquetRow, ParquetRowGroup } from './parquet.ts';
export type { DecodingLimits } from './parquet/decoding-budget.ts';
export { readRows } from './read-rows.ts';
export type { RowFormat, RowOptions } from './read-rows.ts';
export { rowSource } from './row-source.ts';
export type { RowSource, RowSourceOptions } from './row-source.ts';
export { packSentences, splitSentences } from './sentences.ts';
export { shuffle } from './shuffle.ts';
export type { ShuffleOptions } from './shuffle.ts';
export { splitTokens } from './split.ts';
export { streamBlocks } from './stream-blocks.ts';
export { streamSource } from './stream-source.ts';
export type { StreamSourceOptions } from './stream-source.ts';
export { decodeText, readText } from './text.ts';
export { randomWindows, sequentialBlocks, tokenBlocks } from './token-blocks.ts';
export type { BlockOptions } from './token-blocks.ts';
