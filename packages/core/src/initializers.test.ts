import { describe, expect, it } from 'vitest';
import {
  constant,
  normal,
  ones,
  truncatedNormal,
  uniform,
  xavierNormal,
  zeros,
  type Initializer,
} from './initializers.ts';
import { RandomKey } from './random-key.ts';

const key = RandomKey.fromSeed(1);

function momentsOf(
  initializer: Initializer,
  shape: readonly number[],
): { mean: number; deviation: number; largest: number } {
  const values = initializer(shape, key);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    mean,
    deviation: Math.sqrt(variance),
    largest: values.reduce((a, value) => Math.max(a, Math.abs(value)), 0),
  };
}

describe('initializers', () => {
  it('fill', () => {
    expect(zeros([2, 2], key)).toEqual(new Float32Array(4));
    expect(ones([3], key)).toEqual(Float32Array.of(1, 1, 1));
    expect(constant(-2)([2], key)).toEqual(Float32Array.of(-2, -2));
  });

  it('have the moments that they promise', () => {
    const ofNormal = momentsOf(normal(0.02), [300, 301]);
    expect(ofNormal.mean / 0.02).toBeCloseTo(0, 1);
    expect(ofNormal.deviation / 0.02).toBeCloseTo(1, 2);
    expect(ofNormal.largest / 0.02).toBeGreaterThan(3.5);
    const ofTruncated = momentsOf(truncatedNormal(0.02), [300, 301]);
    expect(ofTruncated.largest).toBeLessThanOrEqual(0.04);
    // A standard normal cut at two has standard deviation 0.8796.
    expect(ofTruncated.deviation / 0.02).toBeCloseTo(0.88, 2);
    expect(momentsOf(uniform(0.5), [300, 301]).deviation).toBeCloseTo(1 / Math.sqrt(12), 2);
    expect(momentsOf(xavierNormal, [100, 300]).deviation).toBeCloseTo(Math.sqrt(2 / 400), 3);
  });

  it('depend on the key only', () => {
    expect(normal(1)([5], key)).toEqual(normal(1)([5], RandomKey.fromSeed(1)));
    expect(normal(1)([5], key)).not.toEqual(normal(1)([5], RandomKey.fromSeed(2)));
  });
});
