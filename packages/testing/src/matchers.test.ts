import { stripVTControlCharacters } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { leaksNoTensors } from './leaks-no-tensors.ts';
import './matchers.ts';

/** What the matcher says when it fails. */
function complaint(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return stripVTControlCharacters(String(error));
  }
  return 'no complaint';
}

describe('toBeAllClose', () => {
  leaksNoTensors();

  it('accepts tensors, typed arrays and nested numbers within the tolerance', () => {
    tf.tidy(() => {
      expect(tf.tensor([[1, 2]])).toBeAllClose([[1.000001, 2]]);
      expect(Float32Array.of(1, 2)).toBeAllClose(tf.tensor1d([1, 2]));
      expect(3).toBeAllClose(tf.scalar(3));
      expect([Infinity]).toBeAllClose([Infinity]);
      expect([100, 1]).toBeAllClose([101, 1], { relative: 0.01 });
      expect([100, 1]).toBeAllClose([100, 0], { ofLargest: 0.01 });
    });
  });

  it('names the worst element', () => {
    expect(
      complaint(() =>
        expect([
          [1, 2],
          [3, 5],
        ]).toBeAllClose(
          [
            [1, 2.5],
            [3, 4],
          ],
          { absolute: 0.1 },
        ),
      ),
    ).toMatchInlineSnapshot(`
      "Error: 2 of 4 elements are not close; the worst is at [1, 1]:
        expected 4, received 5, allowed difference 0.100"
    `);
  });

  it('refuses NaN, on both sides', () => {
    expect(complaint(() => expect([0, NaN]).toBeAllClose([1, 1]))).toMatchInlineSnapshot(`
      "Error: 2 of 2 elements are not close; the worst is at [1]:
        expected 1, received NaN, allowed difference 0.0000200"
    `);
    expect(complaint(() => expect([NaN]).toBeAllClose([NaN]))).toMatchInlineSnapshot(`
      "Error: 1 of 1 elements are not close; the worst is at [0]:
        expected NaN, received NaN, allowed difference NaN"
    `);
  });

  it('refuses other shapes', () => {
    expect(complaint(() => expect([1, 2]).toBeAllClose([[1, 2]]))).toMatchInlineSnapshot(
      `"Error: expected shape [1, 2], received [2]"`,
    );
  });

  it('refuses what holds no numbers', () => {
    expect(complaint(() => expect('1').toBeAllClose([1]))).toMatchInlineSnapshot(
      `"TypeError: The received value is ragged, or no tensor, typed array or nested numbers: there is nothing to compare."`,
    );
    expect(complaint(() => expect([[1], [1, 2]]).toBeAllClose([1]))).toMatchInlineSnapshot(
      `"TypeError: The received value is ragged, or no tensor, typed array or nested numbers: there is nothing to compare."`,
    );
  });

  it('can be negated', () => {
    expect([1]).not.toBeAllClose([2]);
    expect(complaint(() => expect([1]).not.toBeAllClose([1]))).toMatchInlineSnapshot(
      `"Error: expected the tensors to differ, but every element is within the tolerance"`,
    );
  });
});

describe('toHaveShape', () => {
  leaksNoTensors();

  it('compares shapes', () => {
    tf.tidy(() => {
      expect(tf.zeros([2, 3])).toHaveShape([2, 3]);
      expect(tf.scalar(1)).toHaveShape([]);
      expect([[1, 2]]).not.toHaveShape([2]);
    });
  });

  it('prints both shapes', () => {
    expect(complaint(() => expect([1, 2]).toHaveShape([3]))).toMatchInlineSnapshot(
      `"Error: expected shape [3], received [2]"`,
    );
  });
});
