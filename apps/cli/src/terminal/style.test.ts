import { describe, expect, it } from 'vitest';
import { styleFor } from './style.ts';

const terminal = { isTTY: true };
const file = { isTTY: false };

describe('styleFor', () => {
  it('colours on a terminal only', () => {
    expect(styleFor(terminal, {}).red('no')).toBe('\u001b[31mno\u001b[39m');
    expect(styleFor(file, {}).red('no')).toBe('no');
    expect(styleFor({}, {}).bold('no')).toBe('no');
    expect(styleFor(terminal, { TERM: 'dumb' }).red('no')).toBe('no');
  });

  it('respects NO_COLOR and FORCE_COLOR', () => {
    expect(styleFor(terminal, { NO_COLOR: '1' }).red('no')).toBe('no');
    expect(styleFor(terminal, { NO_COLOR: '' }).red('no')).not.toBe('no');
    expect(styleFor(file, { FORCE_COLOR: '1' }).red('no')).not.toBe('no');
    expect(styleFor(file, { FORCE_COLOR: '1', NO_COLOR: '1' }).red('no')).toBe('no');
    expect(styleFor(terminal, { FORCE_COLOR: '0' }).red('no')).toBe('no');
  });
});
