import * as tf from '@tensorflow/tfjs';
import {
  layerNormalization,
  gelu,
  geluTanh,
  RandomKey,
  randomBits,
  randomUniform,
  rmsNormalization,
} from '@cloze/core';
import '@cloze/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engines/engine.ts';
import { onnxRuntimeEngine } from '../engines/onnxruntime.ts';
import { jit } from '../jit.ts';
import { createNumbers, floats, integers } from '../test-tensors.ts';

const SEED = 20261124;
type Fn = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Each case: what is computed, from which arguments. Compiled, it must equal eager tfjs. */
interface Case {
  readonly fn: Fn;
  readonly args: (next: () => number) => tf.Tensor[];
}

const one = (shape: readonly number[], range?: readonly [number, number]) => (next: () => number) => [
  floats(next, shape, range),
];
const two = (a: readonly number[], b: readonly number[], range?: readonly [number, number]) => (next: () => number) => [
  floats(next, a, range),
  floats(next, b, range),
];
const positive = [0.1, 3] as const;

const UNARY: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  abs: (x) => tf.abs(x),
  ceil: (x) => tf.ceil(x),
  clipByValue: (x) => tf.clipByValue(x, -0.5, 1),
  cos: (x) => tf.cos(x),
  elu: (x) => tf.elu(x),
  erf: (x) => tf.erf(x),
  exp: (x) => tf.exp(x),
  expm1: (x) => tf.expm1(x),
  floor: (x) => tf.floor(x),
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  neg: (x) => tf.neg(x),
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(x),
  round: (x) => tf.round(x),
  selu: (x) => tf.selu(x),
  sigmoid: (x) => tf.sigmoid(x),
  sign: (x) => tf.sign(x),
  sin: (x) => tf.sin(x),
  softplus: (x) => tf.softplus(x),
  square: (x) => tf.square(x),
  step: (x) => tf.step(x, 0.2),
  tanh: (x) => tf.tanh(x),
  gelu: (x) => gelu(x),
  geluTanh: (x) => geluTanh(x),
  isNaN: (x) => tf.isNaN(x),
  isFinite: (x) => tf.isFinite(x),
  isInf: (x) => tf.isInf(x),
  toInt: (x) => tf.cast(x, 'int32'),
  toBool: (x) => tf.cast(x, 'bool'),
};
const UNARY_POSITIVE: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  log: (x) => tf.log(x),
  log1p: (x) => tf.log1p(x),
  reciprocal: (x) => tf.reciprocal(x),
  rsqrt: (x) => tf.rsqrt(x),
  sqrt: (x) => tf.sqrt(x),
};
const BINARY: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  pow: tf.pow,
  squaredDifference: tf.squaredDifference,
  mod: tf.mod,
  floorDiv: tf.floorDiv,
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
};

const CASES: Record<string, Case> = {
  ...mapCases(UNARY, (fn) => ({ fn: (x) => fn(x), args: one([3, 5]) })),
  ...mapCases(UNARY_POSITIVE, (fn) => ({ fn: (x) => fn(x), args: one([3, 5], positive) })),
  ...mapCases(BINARY, (fn) => ({ fn: (a, b) => [fn(a, b), fn(b, a)], args: two([2, 3, 4], [3, 1], positive) })),
  logicalAnd: {
    fn: (a, b) => [
      tf.logicalAnd(tf.greater(given(a), 0), tf.greater(given(b), 0)),
      tf.logicalOr(tf.greater(given(a), 0), tf.logicalNot(tf.greater(given(b), 0))),
    ],
    args: two([4, 4], [4, 4]),
  },
  where: { fn: (a, b) => tf.where(tf.greater(given(a), given(b)), given(a), given(b)), args: two([4, 4], [4, 4]) },
  addN: { fn: (a, b) => tf.addN([given(a), given(b), given(a)]), args: two([4, 4], [4, 4]) },
  sum: { fn: (x) => [tf.sum(given(x)), tf.sum(given(x), 1), tf.sum(given(x), [0, 2], true)], args: one([2, 3, 4]) },
  mean: {
    fn: (x) => [tf.mean(given(x)), tf.mean(given(x), -1), tf.mean(given(x), [0, 1], true)],
    args: one([2, 3, 4]),
  },
  max: { fn: (x) => [tf.max(given(x), -1), tf.min(given(x), 0, true), tf.prod(given(x), 1)], args: one([2, 3, 4]) },
  all: { fn: (x) => [tf.all(tf.greater(given(x), -1), 1), tf.any(tf.greater(given(x), 1), 0)], args: one([5, 4]) },
  argMax: { fn: (x) => [tf.argMax(given(x), -1), tf.argMin(given(x), 0)], args: one([5, 4]) },
  cumsum: { fn: (x) => [tf.cumsum(given(x), 1), tf.cumsum(given(x), 0, true, true)], args: one([5, 4]) },
  topk: {
    fn: (x) => {
      const { values, indices } = tf.topk(given(x), 3);
      return [values, indices];
    },
    args: one([5, 8]),
  },
  softmax: { fn: (x) => [tf.softmax(given(x)), tf.logSoftmax(given(x))], args: one([2, 3, 7]) },
  logSumExp: { fn: (x) => tf.logSumExp(given(x), -1), args: one([3, 7]) },
  reshape: {
    fn: (x) => [tf.reshape(given(x), [4, -1]), tf.expandDims(given(x), 1), tf.squeeze(given(x), [0])],
    args: one([1, 6, 2]),
  },
  transpose: { fn: (x) => [tf.transpose(given(x)), tf.transpose(given(x), [0, 2, 1, 3])], args: one([2, 3, 4, 5]) },
  slice: {
    fn: (x) => [tf.slice(given(x), [1, 0, 2], [1, -1, 2]), tf.stridedSlice(given(x), [0, 0, 3], [2, 3, 0], [1, 2, -1])],
    args: one([2, 3, 4]),
  },
  concat: {
    fn: (a, b) => [tf.concat([given(a), given(b)], 1), tf.stack([given(a), given(a)], 1)],
    args: two([2, 3], [2, 3]),
  },
  split: {
    fn: (x) => [...tf.split(given(x), 3, -1), ...tf.split(given(x), [1, 5], 1), ...tf.unstack(given(x), 0)],
    args: one([2, 6]),
  },
  tile: {
    fn: (x) => [
      tf.tile(given(x), [2, 3]),
      tf.pad(
        given(x),
        [
          [1, 0],
          [0, 2],
        ],
        7,
      ),
      tf.reverse(given(x), 1),
      tf.broadcastTo(given(x), [4, 2, 3]),
    ],
    args: one([2, 3]),
  },
  gather: {
    fn: (x, ids) => [tf.gather(given(x), given(ids)), tf.gather(given(x), given(ids), 1)],
    args: (next) => [floats(next, [5, 6]), integers(next, [2, 3], 5)],
  },
  gatherND: {
    fn: (x, ids) => tf.gatherND(given(x), given(ids)),
    args: (next) => [floats(next, [4, 5, 2]), integers(next, [3, 2], 4)],
  },
  scatterND: {
    fn: (ids, x) => tf.scatterND(given(ids), given(x), [5, 3]),
    args: (next) => [integers(next, [7, 1], 5), floats(next, [7, 3])],
  },
  oneHot: { fn: (ids) => tf.oneHot(given(ids), 6, 2, -1), args: (next) => [integers(next, [2, 3], 6)] },
  constants: {
    fn: (x) => [
      tf.add(given(x), tf.fill([3], 2)),
      tf.mul(given(x), tf.range(0, 3)),
      tf.onesLike(given(x)),
      tf.zerosLike(given(x)),
    ],
    args: one([2, 3]),
  },
  integers: {
    fn: (a, b) => [
      tf.add(given(a), given(b)),
      tf.floorDiv(tf.sub(given(a), 20), given(b)),
      tf.mod(tf.sub(given(a), 20), given(b)),
      tf.cast(given(a), 'float32'),
      tf.sum(given(a), 0),
    ],
    args: (next) => [integers(next, [4, 3], 50), tf.add(integers(next, [4, 3], 9), tf.scalar(1, 'int32'))],
  },
  matMul: {
    fn: (a, b) => [
      tf.matMul(given(a), given(b)),
      tf.matMul(given(a), given(a), true),
      tf.matMul(given(b), given(b), false, true),
    ],
    args: two([4, 6], [6, 3]),
  },
  batchMatMul: {
    fn: (a, b) => [
      tf.matMul(given(a), given(b)),
      tf.matMul(given(a), given(a), false, true),
      tf.matMul(given(b), given(b), true, false),
    ],
    args: two([2, 3, 4, 6], [2, 3, 6, 5]),
  },
  fusedMatMul: {
    fn: (a, b) => tf.fused.matMul({ a: given(a), b: given(b), bias: tf.tensor1d([1, 2, 3]), activation: 'relu' }),
    args: two([4, 6], [6, 3]),
  },
  conv1d: {
    fn: (x, w) => tf.conv1d(given(x) as tf.Tensor3D, given(w) as tf.Tensor3D, 1, 'valid'),
    args: two([2, 9, 4], [3, 4, 5]),
  },
  conv2d: {
    fn: (x, w) => [
      tf.conv2d(given(x) as tf.Tensor4D, given(w) as tf.Tensor4D, 2, 'same'),
      tf.conv2d(given(x) as tf.Tensor4D, given(w) as tf.Tensor4D, 1, 'valid', 'NHWC', 2),
    ],
    args: two([2, 8, 7, 3], [3, 2, 3, 4]),
  },
  layerNormalization: {
    fn: (x, s) => layerNormalization(given(x), given(s), tf.mul(given(s), 0.5), 1e-5),
    args: two([2, 3, 8], [8]),
  },
  rmsNormalization: { fn: (x, s) => rmsNormalization(given(x), given(s), 1e-6), args: two([2, 3, 8], [8]) },
  lstmCell: {
    fn: (x, w) => {
      const zero = tf.zeros<tf.Rank.R2>([3, 4]);
      const [c, h] = tf.basicLSTMCell(
        tf.scalar(1),
        given(w) as tf.Tensor2D,
        tf.zeros<tf.Rank.R1>([16]),
        given(x) as tf.Tensor2D,
        zero,
        zero,
      );
      return [c, h];
    },
    args: two([3, 5], [9, 16]),
  },
};

/** Differentiated with respect to every float argument; the sum of squares makes each output count. */
const WITHOUT_GRADIENT = new Set([
  'ceil',
  'floor',
  'round',
  'sign',
  'step',
  'isNaN',
  'isFinite',
  'isInf',
  'toInt',
  'toBool',
  'mod',
  'floorDiv',
  'equal',
  'notEqual',
  'greater',
  'greaterEqual',
  'less',
  'lessEqual',
  'logicalAnd',
  'where',
  'all',
  'argMax',
  'topk',
  'gatherND',
  'scatterND',
  'oneHot',
  'integers',
  'slice',
  'max',
  'cumsum',
  'conv2d',
  'expm1',
  // tfjs 4.22 gives these a gradient of the wrong shape when an operand is broadcast.
  'maximum',
  'minimum',
  'squaredDifference',
]);

const ENGINES = [
  { name: "ONNX Runtime's operators", engine: onnxRuntimeEngine({ nativeCode: false }) },
  { name: 'machine code', engine: onnxRuntimeEngine() },
];

describe.each(ENGINES)('lowerings to $name', ({ engine }) => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(Object.keys(CASES))('%s equals eager tfjs', async (name) => {
    const { fn, args } = caseOf(name);
    await expectCompiledEqualsEager(engine, fn, args(createNumbers(SEED)));
  });

  it.each(Object.keys(CASES).filter((name) => !WITHOUT_GRADIENT.has(name)))(
    'the gradient of %s equals eager tfjs',
    async (name) => {
      const { fn, args } = caseOf(name);
      const inputs = args(createNumbers(SEED + 1));
      const floatPositions = inputs.flatMap(({ dtype }, index) => (dtype === 'float32' ? [index] : []));
      const gradient: Fn = (...all) => {
        const loss = (...some: tf.Tensor[]): tf.Scalar => {
          const merged = all.map((input, index) => some[floatPositions.indexOf(index)] ?? input);
          return tf.addN([fn(...merged)].flat().map((output) => tf.sum<tf.Scalar>(tf.square(output))));
        };
        return tf.grads(loss)(floatPositions.map((position) => given(all[position])));
      };
      await expectCompiledEqualsEager(engine, gradient, inputs);
    },
  );

  it('draws the random words of the host', async () => {
    const key = RandomKey.fromSeed(7);
    const words = tf.tensor1d(Int32Array.from(key.toWords()), 'int32');
    const draw = (root: tf.Tensor): tf.Tensor[] => {
      const inner = RandomKey.fromTensor(root).fold('dropout').fold(3);
      return [randomBits(inner, [4, 33]), randomUniform(inner, [5, 7])];
    };
    const compiled = jit(draw, { engine });
    const [bits, uniforms] = await compiled(words);
    const [eagerBits, eagerUniforms] = draw(words);
    expect(bits?.dataSync()).toEqual(eagerBits?.dataSync());
    expect(uniforms?.dataSync()).toEqual(eagerUniforms?.dataSync());
    compiled.dispose();
  });

  it('adds repeated rows exactly and equally on every run', async () => {
    const next = createNumbers(SEED);
    const [rows, ids] = [floats(next, [4096, 24]), integers(next, [4096], 64)];
    for (const numSegments of [64, 5000]) {
      const compiled = jit(
        (x: tf.Tensor, segments: tf.Tensor) => tf.unsortedSegmentSum(x, segments as tf.Tensor1D, numSegments),
        {
          engine: onnxRuntimeEngine({ numThreads: 2 }),
        },
      );
      const first = await compiled(rows, ids);
      expect(first).toBeAllClose(sumRows(rows, ids, numSegments), { absolute: 1e-4 });
      const bits = bytesOf(first);
      for (let run = 0; run < 100; run++) {
        const again = await compiled(rows, ids);
        expect(bytesOf(again).equals(bits)).toBe(true);
        again.dispose();
      }
      compiled.dispose();
    }
  });
});

async function expectCompiledEqualsEager(engine: Engine, fn: Fn, args: readonly tf.Tensor[]): Promise<void> {
  const compiled = jit((...inputs: tf.Tensor[]) => [fn(...inputs)].flat(), { engine });
  const actual = await compiled(...args);
  const expected = [fn(...args)].flat();
  compiled.dispose();
  expect(actual).toHaveLength(expected.length);
  actual.forEach((tensor, index) => {
    const wanted = given(expected[index]);
    expect(tensor.dtype).toBe(wanted.dtype);
    expect(tensor).toBeAllClose(wanted, { absolute: 2e-6, ofLargest: 5e-6 });
  });
}

function caseOf(name: string): Case {
  const found = CASES[name];
  if (found === undefined) throw new Error(`There is no case ${name}.`);
  return found;
}

/** tfjs's own kernel takes a pass over all rows for each segment. */
function sumRows(rows: tf.Tensor, ids: tf.Tensor, numSegments: number): tf.Tensor {
  const width = rows.shape[1] ?? 0;
  const sums = new Float64Array(numSegments * width);
  const [elements, segments] = [rows.dataSync(), ids.dataSync()];
  elements.forEach((element, index) => {
    const position = (segments[Math.floor(index / width)] ?? 0) * width + (index % width);
    sums[position] = (sums[position] ?? 0) + element;
  });
  return tf.tensor(Float32Array.from(sums), [numSegments, width]);
}

function bytesOf(tensor: tf.Tensor): Buffer {
  return Buffer.from(tensor.dataSync().slice().buffer);
}

function given(tensor: tf.Tensor | undefined): tf.Tensor {
  if (tensor === undefined) throw new Error('An argument is missing.');
  return tensor;
}

function mapCases<T>(table: Record<string, T>, toCase: (entry: T) => Case): Record<string, Case> {
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, toCase(entry)]));
}
