import { fc, it as forAll } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CSV, parseDelimited, TSV, type DelimitedOptions } from './delimited.ts';

describe('parseDelimited', () => {
  forAll.prop([
    fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.array(
        fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') }), {
          minLength: width,
          maxLength: width,
        }),
        { maxLength: 6 },
      ),
    ),
    fc.constantFrom('\n', '\r\n'),
    fc.integer({ min: 1, max: 5 }),
  ])('reads back what RFC 4180 writes, wherever the pieces end', async (rows, lineBreak, size) => {
    const text = rows
      .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',') + lineBreak)
      .join('');
    expect(await fieldsOf(text, CSV, size)).toEqual(rows);
  });

  it('takes quotes for ordinary characters in TSV', async () => {
    expect(await fieldsOf('a "quoted" word\t1\r\n\n"x\t0', TSV)).toEqual([
      ['a "quoted" word', '1'],
      ['"x', '0'],
    ]);
  });

  it('reads fields without quotes, empty ones too', async () => {
    expect(await fieldsOf('a,b\n,\n"",x\n', CSV)).toEqual([
      ['a', 'b'],
      ['', ''],
      ['', 'x'],
    ]);
  });

  it.each([
    ['a,b\n1\n', 2, 'Each record must have 2 fields, as the first has; got 1.'],
    ['a\n"b\nc', 2, 'A quote must be closed.'],
    ['a\n"b"c\n', 2, 'A closing quote must end its field.'],
    ['a\nb"c"\n', 2, 'A quote must begin its field or stand within quotes, twice.'],
  ])('says what is wrong in %j', async (text, line, message) => {
    await expect(fieldsOf(text, CSV)).rejects.toMatchObject({ code: 'DATA_INVALID', exitCode: 3, file: 'table', line });
    await expect(fieldsOf(text, CSV)).rejects.toThrow(message);
  });

  it('does not let an unclosed quote swallow a large file', async () => {
    const endless = Array.from({ length: 11 }, () => 'x'.repeat(1_000_000));
    const rows = parseDelimited(['"', ...endless], 'table', CSV);
    await expect(rows.next()).rejects.toMatchObject({ code: 'RESOURCE_LIMIT', line: 1 });
  });
});

async function fieldsOf(text: string, options: DelimitedOptions, size = 1000): Promise<(readonly string[])[]> {
  const pieces: string[] = [];
  for (let begin = 0; begin < text.length; begin += size) pieces.push(text.slice(begin, begin + size));
  const rows: (readonly string[])[] = [];
  for await (const { fields } of parseDelimited(pieces, 'table', options)) rows.push(fields);
  return rows;
}
