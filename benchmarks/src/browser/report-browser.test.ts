import { describe, expect, it } from 'vitest';
import type { BrowserMeasurement } from './measure-browser.ts';
import { browserAgrees, reportBrowser } from './report-browser.ts';

const measurement: BrowserMeasurement = {
  configuration: 'nano',
  facts: { numThreads: { compiled: 2, 'tfjs-wasm': 1 }, hasSimd: true, isIsolated: true },
  engines: [
    {
      engine: 'compiled',
      milliseconds: [
        [80, 90, 100],
        [90, 100, 110],
      ],
      losses: [4, 3.5],
    },
    {
      engine: 'tfjs-wasm',
      milliseconds: [
        [900, 990, 1000],
        [1000, 1500, 1600],
      ],
      losses: [4, 3.4999],
    },
  ],
};

describe('reportBrowser', () => {
  it('compares medians and the ratios of rounds', () => {
    expect(reportBrowser('150.0', [measurement]).split('\n').slice(0, 3).join('\n')).toMatchInlineSnapshot(`
      "model  compiled  tfjs wasm       times faster  threads  SIMD  losses differ by
      -----  --------  ---------  -----------------  -------  ----  ----------------
       nano      95.0      1,000  13.0x (11.0-15.0)  2 and 1  yes             1.0e-4"
    `);
  });

  it('says that losses agree only where all do', () => {
    expect(browserAgrees(measurement)).toBe(true);
    const [compiled, eager] = measurement.engines;
    const other = [compiled, { ...eager, losses: [4, 3.4] }] as BrowserMeasurement['engines'];
    expect(browserAgrees({ ...measurement, engines: other })).toBe(false);
  });
});
