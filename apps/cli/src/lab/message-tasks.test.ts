import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { messageTasks } from './message-tasks.ts';

describe('messageTasks', () => {
  it('asks for three things of each message', async () => {
    const { train, test } = await messageTasks({ numTraining: 20, key: RandomKey.fromSeed(1) });
    const text = 'A type predicate is only allowed in return type position for functions and methods.';
    expect([...train, ...test].find(({ kind }) => kind.source === text)).toEqual({
      kind: { source: text, target: 'syntax' },
      continuation: {
        source: 'A type predicate is only allowed in',
        target: 'return type position for functions and methods.',
      },
      restoration: { source: 'type predicate only allowed return type position functions methods.', target: text },
    });
    expect(train).toHaveLength(20);
    expect(test.length).toBeGreaterThan(1000);
  });

  it('has no training message in the test', async () => {
    const { train, test } = await messageTasks({ numTraining: 500, key: RandomKey.fromSeed(2) });
    const seen = new Set(train.map(({ kind }) => kind.source));
    expect(test.filter(({ kind }) => seen.has(kind.source))).toEqual([]);
  });
});
