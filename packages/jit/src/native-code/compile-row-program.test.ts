import { describe, expect, it } from 'vitest';
import { interpretRowProgram, sizeOfInput, type OperandArray } from './interpret-row-program.ts';
import { ENCODINGS, newArray, runNatively } from '../fixtures/run-natively.ts';
import type { RowElementType, RowInput, RowInstruction, RowOutput, RowProgram } from './row-program.ts';
import { inferValueKinds } from './value-kinds.ts';

const SHAPES = [1, 2, 5, 64].flatMap((rows) => [1, 3, 7, 8, 9, 63, 65, 1000].map((columns) => ({ rows, columns })));

/** Small numbers from a seed: mulberry32. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(list: readonly T[]): T {
    const element = list[this.below(list.length)];
    if (element === undefined) throw new RangeError('An empty list has no elements.');
    return element;
  }
}

function randomInput(program: RowProgram, input: RowInput, random: Random): OperandArray {
  const array = newArray(input.type, sizeOfInput(program, input));
  array.forEach((_, index) => {
    const value = random.next();
    array[index] =
      input.type === 'bool'
        ? Math.floor(value * 2)
        : input.type === 'int32'
          ? Math.floor(value * 20) - 5
          : value * 4 - 2;
  });
  return array;
}

/** The greatest difference, relative to the magnitude of the operands where sums cancel. */
function worstError(actual: OperandArray, expected: OperandArray, scale: number): number {
  let worst = 0;
  expected.forEach((wanted, index) => {
    const got = actual[index] ?? Number.NaN;
    if (Object.is(got, wanted) || got === wanted) return;
    if (Number.isNaN(wanted) && Number.isNaN(got)) return;
    worst = Math.max(worst, Math.abs(got - wanted) / Math.max(Math.abs(wanted), scale) || Number.POSITIVE_INFINITY);
  });
  return worst;
}

/** The greatest magnitude of any float of a program: what rounding errors are relative to. */
function greatestValue(program: RowProgram, inputs: readonly OperandArray[]): number {
  const outputs = inferValueKinds(program).flatMap(({ type, rank }, instruction): RowOutput[] =>
    type === 'float32' ? [{ instruction, type, layout: rank === 'full' ? 'full' : 'perRow' }] : [],
  );
  const arrays = [...interpretRowProgram({ ...program, outputs }, inputs), ...interpretRowProgram(program, inputs)];
  return arrays.reduce((greatest, array) => Array.from(array).reduce((a, b) => Math.max(a, Math.abs(b)), greatest), 1);
}

/** A program whose every value stays within a few units, so that rounding does not get amplified. */
function randomProgram(random: Random, shape: { rows: number; columns: number }): RowProgram {
  const inputs = Array.from({ length: 1 + random.below(5) }, (): RowInput => {
    const layout = random.pick(['full', 'full', 'repeated', 'perRow', 'scalar'] as const);
    const type = random.pick(['float32', 'float32', 'int32', 'bool'] as const);
    if (layout !== 'repeated') return { type, layout };
    return { type, layout, period: random.pick([1, 2, 5, shape.rows].filter((period) => shape.rows % period === 0)) };
  });
  const program = { ...shape, inputs, instructions: [] as RowInstruction[], outputs: [] as RowOutput[] };
  inputs.forEach((_, input) => program.instructions.push({ op: 'input', input }));
  program.instructions.push(
    { op: 'constant', value: 0.75, type: 'float32' },
    { op: 'constant', value: 7, type: 'int32' },
  );
  for (let count = 3 + random.below(20); count > 0; count--)
    program.instructions.push(randomInstruction(program, random));
  const kinds = inferValueKinds(program);
  const blocks = random.pick([1, 2, 3, 4]);
  for (let count = 1 + random.below(4); count > 0; count--) {
    const instruction = program.instructions.length - 1 - random.below(Math.min(8, program.instructions.length));
    const kind = kinds[instruction];
    if (kind === undefined) continue;
    if (kind.rank !== 'full') program.outputs.push({ instruction, type: kind.type, layout: 'perRow' });
    else if (kind.type === 'float32' && random.below(3) === 0) {
      program.outputs.push({ instruction, type: kind.type, layout: 'columnSums', blocks });
    } else program.outputs.push({ instruction, type: kind.type, layout: 'full' });
  }
  return program;
}

function randomInstruction(program: RowProgram, random: Random): RowInstruction {
  const kinds = inferValueKinds(program);
  const positions = (type: RowElementType): number[] =>
    kinds.flatMap((kind, index) => (kind.type === type && kind.level < 3 ? [index] : []));
  const floats = positions('float32');
  const ints = positions('int32');
  const bools = positions('bool');
  const float = (): number => random.pick(floats);
  const int = (): number => random.pick(ints);
  const choice = random.below(12);
  if (choice === 0) return { op: random.pick(['rowSum', 'rowMax'] as const), a: float() };
  if (choice === 1) return { op: random.pick(['addInt', 'mulInt', 'xorInt'] as const), a: int(), b: int() };
  if (choice === 2) return { op: random.pick(['position', 'column'] as const) };
  if (choice === 3) return { op: 'toFloat', a: random.pick(bools.length > 0 ? bools : floats) };
  if (choice === 4) {
    const op = random.pick(['equal', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual'] as const);
    // Only of floats that are exact: rounding would decide.
    const exact = floats.filter((index) => index < program.inputs.length + 1);
    return random.below(2) === 0 ? { op, a: random.pick(exact), b: random.pick(exact) } : { op, a: int(), b: int() };
  }
  if (choice === 5 && bools.length > 0) return { op: 'select', condition: random.pick(bools), a: float(), b: float() };
  if (choice < 8) return { op: random.pick(['neg', 'abs', 'tanh', 'sigmoid', 'erf'] as const), a: float() };
  return { op: random.pick(['add', 'sub', 'mul', 'max', 'min'] as const), a: float(), b: float() };
}

describe('compileRowProgram', () => {
  const seed = Number(process.env.CLOZE_SEED ?? 1);

  it.each(ENCODINGS)('computes what the interpreter does, for random programs (%s)', (encoding) => {
    for (const [number, shape] of SHAPES.entries()) {
      for (let repeat = 0; repeat < (shape.rows * shape.columns > 10_000 ? 1 : 6); repeat++) {
        const programSeed = seed * 1000 + number * 10 + repeat;
        const random = new Random(programSeed);
        const program = randomProgram(random, shape);
        const inputs = program.inputs.map((input) => randomInput(program, input, random));
        const expected = interpretRowProgram(program, inputs);
        const actual = runNatively(program, inputs, encoding);
        const scale = greatestValue(program, inputs);
        expected.forEach((output, index) => {
          const error = worstError(actual[index] ?? output, output, scale);
          expect(error, `seed ${programSeed}, output ${index} of ${JSON.stringify(program)}`).toBeLessThan(2e-6);
        });
      }
    }
  });
});
