import { describe, expect, it } from 'vitest';
import { checkValues, type EncodedValues } from './page-values.ts';

const page = (
  type: EncodedValues['column']['type'],
  encoding: EncodedValues['encoding'],
  rest: Partial<EncodedValues> = {},
): EncodedValues => ({
  encoding,
  count: 4,
  dictionarySize: 3,
  place: { file: 'x', offset: 5 },
  column: { path: ['a'], type, typeLength: 3, maxDefinitionLevel: 0, maxRepetitionLevel: 0, isFlat: true },
  ...rest,
});
const byteArrays = [1, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

describe('checkValues', () => {
  it.each<[EncodedValues, number[]]>([
    [page('BYTE_ARRAY', 'PLAIN'), byteArrays],
    [page('INT32', 'PLAIN'), Array.from({ length: 16 }, () => 0)],
    [page('BOOLEAN', 'PLAIN'), [0]],
    [page('FIXED_LEN_BYTE_ARRAY', 'BYTE_STREAM_SPLIT'), Array.from({ length: 12 }, () => 0)],
    [page('INT32', 'RLE_DICTIONARY'), [2, 8, 2]],
    [page('INT32', 'PLAIN_DICTIONARY', { dictionarySize: 1 }), [0]],
    [page('INT32', 'RLE_DICTIONARY', { count: 0 }), []],
    [page('BOOLEAN', 'RLE'), [2, 0, 0, 0, 8, 1]],
    [page('INT64', 'DELTA_BINARY_PACKED'), [0x80, 0x01, 4, 4, 0]],
  ])('accepts %o', (description, bytes) => {
    expect(() => {
      checkValues(Uint8Array.from(bytes), description);
    }).not.toThrow();
  });

  it.each<[string, EncodedValues, number[]]>([
    ['a text that goes on after the page', page('BYTE_ARRAY', 'PLAIN'), [...byteArrays.slice(0, -4), 1, 0, 0, 0]],
    ['fewer texts', page('BYTE_ARRAY', 'PLAIN', { count: 5 }), byteArrays],
    ['too few bytes', page('INT32', 'PLAIN'), Array.from({ length: 15 }, () => 0)],
    ['an index beyond the dictionary', page('INT32', 'RLE_DICTIONARY'), [2, 8, 3]],
    ['no dictionary', page('INT32', 'RLE_DICTIONARY', { dictionarySize: 0 }), [2, 8, 0]],
    ['indices of 200 bits', page('INT32', 'RLE_DICTIONARY'), [200, 8, 3]],
    ['no blocks, which a decoder waits for forever', page('INT32', 'DELTA_BINARY_PACKED'), [0x80, 0x01, 0, 4, 0]],
    ['-1 blocks', page('INT32', 'DELTA_BINARY_PACKED'), [0x80, 0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 4, 0]],
    ['blocks of 2^30', page('BYTE_ARRAY', 'DELTA_LENGTH_BYTE_ARRAY'), [0x80, 0x80, 0x80, 0x80, 0x04, 4, 4, 0]],
  ])('refuses %s', (_, description, bytes) => {
    expect(() => {
      checkValues(Uint8Array.from(bytes), description);
    }).toThrow(
      `DATA_INVALID: x @ byte 5: A Parquet file must have ${description.count} ${description.encoding} values of type ${description.column.type} in this page.`,
    );
  });

  it('refuses encodings that nobody uses for a type', () => {
    expect(() => {
      checkValues(new Uint8Array(4), page('INT32', 'RLE'));
    }).toThrow('UNSUPPORTED_FORMAT: x: Parquet files with RLE values of type INT32 ("a") cannot be read.');
  });
});
