import { describe, expect, it } from 'vitest';
import { within } from './forward-options.ts';
import { RandomKey } from './random-key.ts';

describe('within', () => {
  it('folds the key with the names of the fields', () => {
    const key = RandomKey.fromSeed(1);
    expect(within({ key }, 'layers', 2).key).toEqual(key.fold('layers').fold(2));
    expect(within({}, 'layers')).toEqual({});
  });
});
