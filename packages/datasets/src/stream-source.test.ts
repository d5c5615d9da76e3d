import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { streamSource } from './stream-source.ts';

const shuffled = { key: RandomKey.fromSeed(1), bufferSize: 16 };
const numbers = (epoch: number): number[] => Array.from({ length: 100 }, (_, index) => 1000 * epoch + index);

describe('streamSource', () => {
  it('reads epoch after epoch, each in another order', async () => {
    const source = streamSource({ name: 'x', open: () => numbers(0), shuffled });
    const { examples, cursor } = await source.read(source.start, 250);
    const epochs = [examples.slice(0, 100), examples.slice(100, 200)];
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(numbers(0));
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(cursor).toEqual({ epoch: 2, position: 50 });
  });

  it('goes on from any cursor, in any order of calls', async () => {
    const open = () => streamSource({ name: 'x', open: numbers, shuffled });
    const source = open();
    const whole = (await source.read(source.start, 250)).examples;
    const first = await source.read(source.start, 77);
    const [second, again] = await Promise.all([source.read(first.cursor, 80), source.read(first.cursor, 80)]);
    expect(again).toEqual(second);
    const third = await open().read(second.cursor, 93);
    expect([...first.examples, ...second.examples, ...third.examples]).toEqual(whole);
  });

  it('does not begin anew where it can read on', async () => {
    let numOpened = 0;
    const open = (epoch: number): number[] => {
      numOpened++;
      return numbers(epoch);
    };
    const source = streamSource({ name: 'x', open });
    let cursor = source.start;
    for (let call = 0; call < 9; call++) cursor = (await source.read(cursor, 10)).cursor;
    expect([numOpened, cursor]).toEqual([1, { epoch: 0, position: 90 }]);
  });

  it('tells names and orders apart', () => {
    const fingerprints = [{}, { name: 'y' }, { shuffled }, { shuffled: { ...shuffled, bufferSize: 17 } }].map(
      (own) => streamSource({ name: 'x', open: numbers, ...own }).fingerprint,
    );
    expect(new Set(fingerprints).size).toBe(4);
  });

  it('refuses empty epochs and cursors beyond the end', async () => {
    const empty = streamSource({ name: 'train.gz', open: () => [] });
    await expect(empty.read(empty.start, 1)).rejects.toThrow(
      'DATA_INVALID: Epoch 0 of the stream "train.gz" must have more than 0 examples. Check what it is made of; it must be the same each time.',
    );
    const short = streamSource({ name: 'x', open: numbers });
    await expect(short.read({ epoch: 1, position: 101 }, 1)).rejects.toThrow('must have more than 101 examples');
    await expect(short.read({ position: 1 }, 1)).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
  });
});
