import { describe, expect, it } from 'vitest';
import { checkLimit } from './limits.ts';

describe('checkLimit', () => {
  it('passes values up to the limit and names the limit above it', () => {
    const limit = { name: 'jsonDepth', limit: 64 };
    expect(() => {
      checkLimit('The depth', 64, limit);
    }).not.toThrow();
    expect(() => {
      checkLimit('The depth', 65n, limit, { file: 'a.json', offset: 5 });
    }).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: RESOURCE_LIMIT: a.json @ byte 5: The depth must be at most 64, got 65. The file is probably damaged or hostile; if not, raise the limit jsonDepth.]`,
    );
  });
});
