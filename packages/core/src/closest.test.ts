import { describe, expect, it } from 'vitest';
import { closest } from './closest.ts';

describe('closest', () => {
  it('finds what was meant, whatever the case, dashes and underscores', () => {
    expect(closest('sentense', ['label', 'sentence'])).toBe('sentence');
    expect(closest('Label_Text', ['label', 'label-text'])).toBe('label-text');
  });

  it('finds nothing where too many letters differ', () => {
    expect(closest('colour', ['text', 'label'])).toBeUndefined();
    expect(closest('text', [])).toBeUndefined();
  });
});
