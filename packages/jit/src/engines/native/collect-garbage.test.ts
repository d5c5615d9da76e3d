import { describe, expect, it } from 'vitest';
import { collectGarbage } from './collect-garbage.ts';

describe('collectGarbage', () => {
  it('frees what is unreachable', async () => {
    const reference = new WeakRef(new Float32Array(1000));
    // A weak reference holds its target until the present job ends.
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
    expect(reference.deref()).toBeUndefined();
  });
});
