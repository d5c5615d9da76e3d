import { describe, expect, it } from 'vitest';
import { textTable } from './text-table.ts';

describe('textTable', () => {
  it('aligns titles and cells, and separates groups by empty rows', () => {
    const columns = [{ title: 'engine', align: 'left' }, { title: 'ms' }, { title: 'note', align: 'left' }] as const;
    expect(textTable(columns, [['compiled', '31.2', ''], [], ['cpu', '6,000', 'slow']])).toMatchInlineSnapshot(`
      "engine       ms  note
      --------  -----  ----
      compiled   31.2

      cpu       6,000  slow"
    `);
  });
});
