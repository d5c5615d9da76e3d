import { describe, expect, it } from 'vitest';
import { parsePeakMemory, peakMemory } from './peak-memory.ts';

describe('peakMemory', () => {
  it('reads the kernel record', () => {
    expect(parsePeakMemory('VmPeak:\t  900 kB\nVmHWM:\t    512 kB\nVmRSS:\t 400 kB\n')).toBe(524_288);
    expect(parsePeakMemory('')).toBeUndefined();
  });

  it('is at least what Node itself takes', () => {
    expect(peakMemory()).toBeGreaterThan(20e6);
  });
});
