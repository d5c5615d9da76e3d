import { describe, expect, it } from 'vitest';
import { errorFunction, type OperandArray } from './interpret-row-program.ts';
import type { RowProgram, UnaryOperator } from './row-program.ts';
import { ENCODINGS, newArray, runNatively } from '../fixtures/run-natively.ts';
import type { VectorEncoding } from './x64-assembler.ts';

/** Every so many floats: prime, so that all exponents and many mantissas are met. */
const STRIDE = 8191;
const NUM_FLOATS = Math.ceil(2 ** 32 / STRIDE);
const SMALLEST_NORMAL = 2 ** -126;

const EXACT: Partial<Record<UnaryOperator, (x: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  erf: errorFunction,
};

/** The greatest relative errors, in units of 1e-7 (a float's own rounding is 0.6). */
const GREATEST_ERRORS = [
  ['exp', 1.3],
  ['log', 1.3],
  ['tanh', 3],
  ['sigmoid', 2.3],
  ['erf', 3.3],
] as const;

function floatsOfAllKinds(): Float32Array {
  const x = newArray('float32', NUM_FLOATS);
  const bits = new Uint32Array(x.buffer, x.byteOffset, NUM_FLOATS);
  for (let index = 0; index < NUM_FLOATS; index++) bits[index] = (index * STRIDE) % 2 ** 32;
  x.set([
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    NaN,
    88.72,
    88.73,
    -87.4,
    -103.9,
    -104.1,
    1.1754943508222875e-38,
    1e-40,
    3.4e38,
  ]);
  if (x instanceof Float32Array) return x;
  throw new TypeError('The array has floats.');
}

function applyNatively(op: UnaryOperator, x: OperandArray, encoding: VectorEncoding): Float32Array {
  const program: RowProgram = {
    rows: 1,
    columns: x.length,
    inputs: [{ type: 'float32', layout: 'full' }],
    instructions: [
      { op: 'input', input: 0 },
      { op, a: 0 },
    ],
    outputs: [{ instruction: 1, type: 'float32', layout: 'full' }],
  };
  const [y] = runNatively(program, [x], encoding);
  if (y instanceof Float32Array) return y;
  throw new TypeError('The program has one output of floats.');
}

describe.runIf(ENCODINGS.length > 0)('vector math', () => {
  const x = floatsOfAllKinds();

  it.each(GREATEST_ERRORS)('computes %s within %fe-7', (op, greatest) => {
    const exact = EXACT[op] ?? Math.abs;
    for (const encoding of ENCODINGS) {
      const y = applyNatively(op, x, encoding);
      let worst = 0;
      x.forEach((argument, index) => {
        const wanted = exact(argument);
        const got = y[index] ?? Number.NaN;
        if (Object.is(got, Math.fround(wanted))) return;
        if (got === 0 && Math.abs(wanted) < SMALLEST_NORMAL) return;
        // Below the normal floats the error is absolute.
        const error = Math.abs(got - wanted) / Math.max(Math.abs(wanted), SMALLEST_NORMAL);
        if (!(error <= worst)) worst = error;
      });
      expect(worst).toBeLessThan(greatest * 1e-7);
    }
  });

  it('gives the same bits with AVX2 and AVX-512', () => {
    for (const [op] of GREATEST_ERRORS) {
      const [first, ...others] = ENCODINGS.map((encoding) => applyNatively(op, x, encoding));
      for (const other of others)
        expect(Buffer.from(other.buffer).equals(Buffer.from(first?.buffer ?? new ArrayBuffer()))).toBe(true);
    }
  });

  it.each(['tanh', 'erf'] as const)('keeps the sign of %s exactly and stays within 1', (op) => {
    const negated = newArray('float32', x.length);
    x.forEach((value, index) => {
      negated[index] = -value;
    });
    for (const encoding of ENCODINGS) {
      const y = applyNatively(op, x, encoding);
      const z = applyNatively(op, negated, encoding);
      expect(y.every((value, index) => Object.is(value, -(z[index] ?? 0)))).toBe(true);
      expect(y.every((value) => Number.isNaN(value) || Math.abs(value) <= 1)).toBe(true);
    }
  });
});
