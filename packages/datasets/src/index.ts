/**
 * Text files of any size as packed token blocks: read strictly, split for validation, shuffled by key, with a cursor that can be saved.
 *
 * @module
 */
export { blobReader, fileReader } from './byte-reader.ts';
export { CSV, parseDelimited, TSV } from './delimited.ts';
export type { DelimitedOptions, DelimitedRow } from './delimited.ts';
export { splitAtWords, splitDocuments } from './documents.ts';
export { epochSource } from './epoch-source.ts';
export type { DataCursor, ExampleSlice, ExampleSource } from './example-source.ts';
export { fileBytes } from './file-bytes.ts';
export { fingerprint } from './fingerprint.ts';
export { gunzip, isGzip } from './gzip.ts';
export { indexedSource } from './indexed-source.ts';
export { parseJsonLines, textField } from './json-lines.ts';
export type { JsonLine } from './json-lines.ts';
export { readLines } from './lines.ts';
export type { Line } from './lines.ts';
export { mixingRate, mixture } from './mixture.ts';
export type { MixingOptions, MixtureComponent } from './mixture.ts';
export { packTokens } from './pack.ts';
export type { PackOptions, TokenIds } from './pack.ts';
export { openParquet, readParquet } from './parquet.ts';
export type { ParquetFile, ParquetOptions, ParquetRow, ParquetRowGroup } from './parquet.ts';
export type { DecodingLimits } from './parquet/decoding-budget.ts';
export { packSentences, splitSentences } from './sentences.ts';
export { splitTokens } from './split.ts';
export { decodeText, readText } from './text.ts';
export { randomWindows, sequentialBlocks, tokenBlocks } from './token-blocks.ts';
export type { BlockOptions } from './token-blocks.ts';
