import { describe, expect, it } from 'vitest';
import { DataRow } from './data-row.ts';

const row = new DataRow(
  {
    text: 'a',
    number: '-2.5e3',
    count: 7,
    class: 'good',
    large: 2n ** 60n,
    list: [1],
    nothing: null,
    infinite: Infinity,
  },
  { file: 'x.tsv', line: 3 },
);

describe('DataRow', () => {
  it('reads fields', () => {
    expect([row.text('text'), row.number('number'), row.integer('count'), row.oneOf('class', ['bad', 'good'])]).toEqual(
      ['a', -2500, 7, 1],
    );
  });

  it.each([
    [() => row.text('count'), '"count" must be text, got 7.'],
    [() => row.text('list'), '"list" must be text, got another value.'],
    [() => row.text('toString'), '"toString" must be text, got nothing.'],
    [() => row.number('text'), '"text" must be a number, got "a".'],
    [() => row.number('nothing'), '"nothing" must be a number, got null.'],
    [() => row.number('large'), '"large" must be a number, got the integer 1152921504606846976.'],
    [() => row.number('infinite'), '"infinite" must be a number, got Infinity.'],
    [() => row.integer('missing'), '"missing" must be a number, got nothing.'],
    [() => row.oneOf('class', ['yes', 'no']), '"class" must be one of yes, no, got "good".'],
  ])('says what is wrong and where: %#', (read, message) => {
    expect(read).toThrow(
      `DATA_INVALID: x.tsv line 3: ${message} This row has text, number, count, class, large, list, nothing, infinite.`,
    );
  });

  it('takes no text for a number that is none, in no time', () => {
    for (const value of ['', ' ', '0x10', '1e', '--1', 'Infinity', '1'.repeat(100_000) + 'x']) {
      expect(() => new DataRow({ value }, { file: 'x', line: 1 }).number('value')).toThrow('must be a number');
    }
    expect(() => new DataRow({ value: '1.5' }, { file: 'x', line: 1 }).integer('value')).toThrow(
      'must be an integer, got "1.5".',
    );
  });
});
