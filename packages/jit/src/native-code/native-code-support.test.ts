import { describe, expect, it } from 'vitest';
import { detect, nativeCodeSupport } from './native-code-support.ts';

describe('nativeCodeSupport', () => {
  it('says why it is not available', () => {
    expect(detect('linux', 'x64', 'off')).toEqual({
      isAvailable: false,
      reason: 'it is switched off by CLOZE_NATIVE_CODE=off',
    });
    expect(detect('linux', 'arm64', undefined)).toEqual({
      isAvailable: false,
      reason: 'the processor architecture is arm64, not x64',
    });
    expect(detect('win32', 'x64', undefined)).toEqual({
      isAvailable: false,
      reason: 'the calling convention of win32 is not supported',
    });
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')('asks the processor', () => {
    const support = nativeCodeSupport();
    console.log(support);
    expect(support.isAvailable ? support.encoding : support.reason).toMatch(/^(vex|evex|it is switched|the processor)/);
  });
});
