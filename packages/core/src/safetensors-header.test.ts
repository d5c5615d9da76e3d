import { describe, expect, it } from 'vitest';
import { ClozeError } from './errors.ts';
import { parseSafetensors } from './safetensors.ts';

/** A file with the given header text, `dataBytes` zeros behind it, and optionally another announced length. */
function file(header: string | Uint8Array, dataBytes = 0, announced?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (begin: unknown, end: unknown, dtype = 'U8', shape: unknown = [Number(end) - Number(begin)]): string =>
  `{"dtype":"${dtype}","shape":${JSON.stringify(shape)},"data_offsets":[${String(begin)},${String(end)}]}`;

function verdict(bytes: Uint8Array): string {
  try {
    return `accepted: ${[...parseSafetensors(bytes, 'x').tensors.keys()].map((name) => JSON.stringify(name.slice(0, 20))).join()}`;
  } catch (error) {
    if (!(error instanceof ClozeError)) throw error;
    expect(error.file).toBe('x');
    expect(error.offset).toBeTypeOf('number');
    return error.code;
  }
}

describe('a safetensors header', () => {
  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'SAFETENSORS_TRUNCATED'],
    ['7 bytes', new Uint8Array(7), 'SAFETENSORS_TRUNCATED'],
    ['8 bytes with length 0', new Uint8Array(8), 'JSON_SYNTAX'],
    ['length 1', file('{'), 'JSON_SYNTAX'],
    ['length beyond the file', file('{}', 0, 3n), 'SAFETENSORS_TRUNCATED'],
    ['length 100,000,001', file('{}', 0, 100_000_001n), 'RESOURCE_LIMIT'],
    ['length 2^63', file('{}', 0, 2n ** 63n), 'RESOURCE_LIMIT'],
    ['length 2^64 - 1', file('{}', 0, 2n ** 64n - 1n), 'RESOURCE_LIMIT'],
    ['an empty object', file('{}'), 'accepted: '],
    ['bad UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), 'JSON_ENCODING'],
    ['a byte order mark', file('\ufeff{}'), 'JSON_SYNTAX'],
    ['leading whitespace', file(' \n{}'), 'accepted: '],
    ['trailing whitespace', file('{}   '), 'accepted: '],
    ['trailing JSON', file('{}{}'), 'JSON_SYNTAX'],
    ['an array', file('[]'), 'SAFETENSORS_HEADER'],
    ['a string', file('"x"'), 'SAFETENSORS_HEADER'],
    ['a tensor twice', file(`{"a":${entry(0, 1)},"a":${entry(0, 1)}}`, 1), 'JSON_DUPLICATE_KEY'],
    [
      'an inner key twice',
      file('{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
      'JSON_DUPLICATE_KEY',
    ],
    ['__metadata__ twice', file('{"__metadata__":{},"__metadata__":{}}'), 'JSON_DUPLICATE_KEY'],
    ['metadata that is no string', file('{"__metadata__":{"a":1}}'), 'SAFETENSORS_HEADER'],
    ['metadata that is no object', file('{"__metadata__":[]}'), 'SAFETENSORS_HEADER'],
    ['metadata', file('{"__metadata__":{"format":"pt"}}'), 'accepted: '],
    ['an entry that is no object', file('{"a":1}'), 'SAFETENSORS_HEADER'],
    ['a missing key', file('{"a":{"dtype":"U8","shape":[0]}}'), 'SAFETENSORS_HEADER'],
    ['an additional key', file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}'), 'SAFETENSORS_HEADER'],
    ['an unknown dtype', file(`{"a":${entry(0, 1, 'F128')}}`, 1), 'SAFETENSORS_DTYPE'],
    ['a dtype of less than a byte', file(`{"a":${entry(0, 1, 'F4')}}`, 1), 'SAFETENSORS_DTYPE'],
    ['a dtype from the prototype', file(`{"a":${entry(0, 1, 'toString')}}`, 1), 'SAFETENSORS_DTYPE'],
    ['a negative offset', file(`{"a":${entry(-1, 1)}}`, 1), 'JSON_NUMBER'],
    ['a fractional offset', file(`{"a":${entry('0.5', 1)}}`, 1), 'JSON_NUMBER'],
    ['an offset with exponent', file(`{"a":${entry('0e0', 1)}}`, 1), 'JSON_NUMBER'],
    ['an offset in quotes', file(`{"a":${entry('"0"', 1, 'U8', [1])}}`, 1), 'SAFETENSORS_OFFSETS'],
    ['an offset of 2^53 + 1', file(`{"a":${entry(0, '9007199254740993', 'U8', [1])}}`, 1), 'JSON_NUMBER'],
    ['three offsets', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}', 1), 'SAFETENSORS_OFFSETS'],
    ['begin after end', file(`{"a":${entry(1, 0, 'U8', [1])}}`, 1), 'SAFETENSORS_OFFSETS'],
    ['an end beyond the file', file(`{"a":${entry(0, 2)}}`, 1), 'SAFETENSORS_OFFSETS'],
    ['an end of 2^62', file(`{"a":${entry(0, '4611686018427387904', 'U8', [1])}}`, 1), 'JSON_NUMBER'],
    ['a hole', file(`{"a":${entry(0, 1)},"b":${entry(2, 3)}}`, 3), 'SAFETENSORS_HOLE'],
    ['a hole at the start', file(`{"a":${entry(1, 2)}}`, 2), 'SAFETENSORS_HOLE'],
    ['an overlap', file(`{"a":${entry(0, 2)},"b":${entry(1, 3)}}`, 3), 'SAFETENSORS_OVERLAP'],
    ['two tensors at one place', file(`{"a":${entry(0, 2)},"b":${entry(0, 2)}}`, 2), 'SAFETENSORS_OVERLAP'],
    ['trailing bytes', file(`{"a":${entry(0, 1)}}`, 2), 'SAFETENSORS_TRAILING'],
    ['a size that does not fit the shape', file(`{"a":${entry(0, 3, 'F32', [1])}}`, 3), 'SAFETENSORS_SHAPE'],
    [
      'a shape whose product overflows',
      file(`{"a":${entry(0, 1, 'F32', [2 ** 52, 2 ** 52])}}`, 1),
      'SAFETENSORS_SHAPE',
    ],
    [
      'a shape whose product would wrap to its size',
      file(`{"a":${entry(0, 0, 'U8', [2 ** 32, 2 ** 32])}}`),
      'SAFETENSORS_SHAPE',
    ],
    ['a shape that is no list', file(`{"a":${entry(0, 1, 'U8', 1)}}`, 1), 'SAFETENSORS_SHAPE'],
    ['rank 0', file(`{"a":${entry(0, 4, 'F32', [])}}`, 4), 'accepted: "a"'],
    [
      'an empty tensor',
      file(`{"b":${entry(0, 1)},"a":${entry(1, 1, 'F32', [3, 0])},"c":${entry(1, 2)}}`, 2),
      'accepted: "b","a","c"',
    ],
    [
      'hostile names',
      file(`{"":${entry(0, 1)},"__proto__":${entry(1, 2)},"../x":${entry(2, 3)},"\\u0000":${entry(3, 4)}}`, 4),
      'accepted: "","__proto__","../x","\\u0000"',
    ],
    ['a name of 1 MB', file(`{"${'n'.repeat(1_000_000)}":${entry(0, 1)}}`, 1), 'RESOURCE_LIMIT'],
    ['deep nesting', file(`{"a":${'['.repeat(100_000)}`), 'RESOURCE_LIMIT'],
    ['a bool that is neither 0 nor 1', withLastByte(file(`{"a":${entry(0, 1, 'BOOL')}}`, 1), 2), 'SAFETENSORS_VALUE'],
  ])('with %s', (_, bytes, expected) => {
    expect(verdict(bytes)).toBe(expected);
  });

  it('is refused with a message that says where and what', () => {
    const overlapping = file(`{"h.2.w":${entry(0, 8)},"h.3.w":${entry(4, 8)}}`, 8);
    expect(() => parseSafetensors(overlapping, 'model.safetensors')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: SAFETENSORS_OVERLAP: model.safetensors @ byte 125: tensor "h.3.w" [125, 129) overlaps "h.2.w", which ends at 129. The file is damaged or hostile; download or write it again.]`,
    );
    expect(() => parseSafetensors(file('{}', 0, 2n ** 62n), 'model.safetensors')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: RESOURCE_LIMIT: model.safetensors @ byte 0: The safetensors header length must be at most 100,000,000, got 4,611,686,018,427,387,904. The file is probably damaged or hostile; if not, raise the limit safetensorsHeaderBytes.]`,
    );
    expect(() => parseSafetensors(file(`{"a":${entry(0, 3, 'F32', [1])}}`, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: SAFETENSORS_SHAPE: @ byte 8: tensor "a": F32 [1] needs 4 bytes, data_offsets give 3. The file is damaged or hostile; download or write it again.]`,
    );
  });

  it('is read or refused with a typed error whatever is changed in it', () => {
    const good = file(
      `{"__metadata__":{"format":"pt"},"a":${entry(0, 4, 'F32', [1])},"b":${entry(4, 6, 'F16', [1])}}`,
      6,
    );
    const counts = new Map<string, number>();
    for (let position = 0; position < good.length - 6; position++) {
      for (let bit = 0; bit < 8; bit++) {
        const mutant = good.slice();
        mutant[position] = (mutant[position] ?? 0) ^ (1 << bit);
        const code = verdict(mutant);
        counts.set(code, (counts.get(code) ?? 0) + 1);
      }
    }
    expect(counts.size).toBeGreaterThan(5);
    for (let length = 0; length < good.length; length++)
      expect(verdict(good.slice(0, length))).not.toContain('accepted');
  });
});

function withLastByte(bytes: Uint8Array, value: number): Uint8Array {
  bytes[bytes.length - 1] = value;
  return bytes;
}
