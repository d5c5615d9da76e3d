import { RandomKey } from '@cloze/core';
import { expect, it } from 'vitest';
import { listSource } from './list-source.ts';

it('gives each example once per epoch, each epoch in another order', async () => {
  const words = ['one', 'two', 'three', 'four', 'five', 'six'];
  const source = listSource(words, { key: RandomKey.fromSeed(1) });
  const { examples, cursor } = await source.read(source.start, 15);
  expect(examples.slice(0, 6).toSorted()).toEqual(words.toSorted());
  expect(examples.slice(6, 12).toSorted()).toEqual(words.toSorted());
  expect(examples.slice(0, 6)).not.toEqual(examples.slice(6, 12));
  expect(cursor).toEqual({ epoch: 2, position: 3 });
  expect((await listSource(words).read(source.start, 6)).examples).toEqual(words);
  expect(listSource(words.slice(1)).fingerprint).not.toBe(listSource(words).fingerprint);
  expect(() => listSource([]).read(source.start, 1)).toThrow('DATA_INVALID');
});
