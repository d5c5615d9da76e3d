import type { RandomKey } from './random-key.ts';

/** The first values of a parameter, row-major, from its shape and a key of its own. */
export type Initializer = (shape: readonly number[], key: RandomKey) => Float32Array;

/** All zeros. */
export const zeros: Initializer = (shape) => new Float32Array(sizeOf(shape));

/** All ones. */
export const ones: Initializer = (shape) => new Float32Array(sizeOf(shape)).fill(1);

/** All equal to `value`. */
export function constant(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Uniform in [-limit, limit). */
export function uniform(limit: number): Initializer {
  return (shape, key) => key.uniform(sizeOf(shape)).map((value) => (2 * value - 1) * limit);
}

/** Normal with mean 0. */
export function normal(standardDeviation: number): Initializer {
  return (shape, key) => normals(sizeOf(shape), key, standardDeviation);
}

/** Normal with mean 0, values beyond two standard deviations drawn again, as TensorFlow's `truncated_normal`. */
export function truncatedNormal(standardDeviation: number): Initializer {
  return (shape, key) => {
    const values = normals(sizeOf(shape), key);
    for (let round = 1; ; round++) {
      const outside = indicesWhere(values, (value) => Math.abs(value) > 2);
      if (outside.length === 0) return values.map((value) => value * standardDeviation);
      const redrawn = normals(outside.length, key.fold(round));
      outside.forEach((index, i) => (values[index] = redrawn[i] ?? 0));
    }
  };
}

/**
 * Normal with standard deviation `sqrt(2 / (fanIn + fanOut))`, for matrices [in, out].
 *
 * @see Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", equation 12.
 */
export const xavierNormal: Initializer = (shape, key) => {
  const [fanIn = 1, fanOut = 1] = shape.slice(-2);
  return normal(Math.sqrt(2 / (fanIn + fanOut)))(shape, key);
};

/** Box and Muller's transform; each pair of words makes two numbers, where the words were: a large table is allocated once. */
function normals(count: number, key: RandomKey, standardDeviation = 1): Float32Array {
  const words = key.bits(2 * Math.ceil(count / 2));
  const values = new Float32Array(words.buffer);
  for (let index = 0; index < words.length; index += 2) {
    // (word + 1) / 2^32 is in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(((words[index] ?? 0) + 1) * 2 ** -32));
    const angle = 2 * Math.PI * (words[index + 1] ?? 0) * 2 ** -32;
    values[index] = Math.fround(radius * Math.cos(angle)) * standardDeviation;
    values[index + 1] = Math.fround(radius * Math.sin(angle)) * standardDeviation;
  }
  return values.subarray(0, count);
}

function indicesWhere(values: Float32Array, predicate: (value: number) => boolean): number[] {
  const indices: number[] = [];
  values.forEach((value, index) => {
    if (predicate(value)) indices.push(index);
  });
  return indices;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
