import { describe, expect, it } from 'vitest';
import { methodNamed } from './method-named.ts';
import { reportAdapters } from './report-adapters.ts';

describe('reportAdapters', () => {
  it('compares each method with training everything', () => {
    const full = { configuration: 'small', method: 'full', milliseconds: [2000, 2200], cpuMilliseconds: [4000, 4400] };
    const lora = { configuration: 'small', method: 'lora', milliseconds: [1000, 1000], cpuMilliseconds: [1600, 2000] };
    const rows = reportAdapters([
      { ...full, method: 'full', peakBytes: 2.5e9 },
      { ...lora, method: 'lora', peakBytes: 1e9 },
    ]).split('\n');
    expect(rows.slice(2, 4).join('\n')).toMatchInlineSnapshot(`
      "small  full       2,100        4,200              1.00x              1.00x      2.50 GB    100 %
      small  lora       1,000        1,800  2.10x (2.00-2.20)  2.35x (2.20-2.50)      1.00 GB     40 %"
    `);
  });
});

describe('methodNamed', () => {
  it('refuses what is no method', () => {
    expect(methodNamed('lora')).toBe('lora');
    expect(() => methodNamed('magic')).toThrow('A method must be one of full, head, bitfit, lora,');
  });
});
