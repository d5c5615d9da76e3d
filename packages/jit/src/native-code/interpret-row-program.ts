import assert from 'node:assert/strict';
import type { RowInput, RowInstruction, RowOutput, RowProgram } from './row-program.ts';
import { inferValueKinds } from './value-kinds.ts';

/** The elements of an operand; `bool` as bytes of 0 or 1. */
export type OperandArray = Float32Array | Int32Array | Uint8Array;

/** Where an instruction is evaluated, and the values of the earlier instructions in this row: an array of `columns` numbers each. */
interface Cell {
  readonly program: RowProgram;
  readonly inputs: readonly OperandArray[];
  readonly row: number;
  readonly values: readonly (readonly number[])[];
}

/**
 * Runs a program one instruction, row and column at a time, in double precision rounded to float32 after every instruction: the definition of what
 * compiled programs compute.
 *
 * @param inputs one array per input, with as many elements as its layout says.
 * @returns one array per output.
 */
export function interpretRowProgram(program: RowProgram, inputs: readonly OperandArray[]): OperandArray[] {
  inferValueKinds(program);
  const outputs = program.outputs.map((output) => newArray(program, output));
  for (let row = 0; row < program.rows; row++) {
    const values: number[][] = [];
    for (const instruction of program.instructions)
      values.push(evaluate(instruction, { program, inputs, row, values }));
    program.outputs.forEach((output, index) => {
      const array = outputs[index];
      const value = values[output.instruction];
      assert(array !== undefined && value !== undefined, `Output ${index} names an instruction.`);
      writeRow(program, output, { array, row, value });
    });
  }
  return outputs;
}

/** The number of elements of an output. */
export function sizeOfOutput({ rows, columns }: RowProgram, { layout, blocks = 1 }: RowOutput): number {
  return layout === 'full' ? rows * columns : layout === 'perRow' ? rows : blocks * columns;
}

/** The number of elements of an input. */
export function sizeOfInput({ rows, columns }: RowProgram, { layout, period = 1 }: RowInput): number {
  return layout === 'full' ? rows * columns : layout === 'repeated' ? period * columns : layout === 'perRow' ? rows : 1;
}

/** The number of rows that are added up in one row of a `columnSums` output. */
export function rowsPerBlock({ rows }: RowProgram, { blocks = 1 }: RowOutput): number {
  return Math.ceil(rows / blocks);
}

function newArray(program: RowProgram, output: RowOutput): OperandArray {
  const size = sizeOfOutput(program, output);
  return output.type === 'float32'
    ? new Float32Array(size)
    : output.type === 'int32'
      ? new Int32Array(size)
      : new Uint8Array(size);
}

function writeRow(
  program: RowProgram,
  output: RowOutput,
  { array, row, value }: { array: OperandArray; row: number; value: readonly number[] },
): void {
  const { columns } = program;
  if (output.layout === 'perRow') array[row] = at(value, 0);
  else if (output.layout === 'full') array.set(value, row * columns);
  else {
    const start = Math.floor(row / rowsPerBlock(program, output)) * columns;
    value.forEach((element, column) => {
      array[start + column] = (array[start + column] ?? 0) + element;
    });
  }
}

function evaluate(instruction: RowInstruction, cell: Cell): number[] {
  const { columns } = cell.program;
  if (instruction.op === 'rowSum' || instruction.op === 'rowMax') {
    const elements = at(cell.values, instruction.a);
    const result = instruction.op === 'rowSum' ? sum(elements) : elements.reduce((a, b) => Math.max(a, b));
    return new Array<number>(columns).fill(result);
  }
  return Array.from({ length: columns }, (_, column) => evaluateCell(instruction, cell, column));
}

/** The sum in double precision, rounded once. */
function sum(elements: readonly number[]): number {
  return Math.fround(elements.reduce((a, b) => a + b, 0));
}

function evaluateCell(instruction: RowInstruction, { program, inputs, row, values }: Cell, column: number): number {
  const of = (operand: number): number => at(at(values, operand), column);
  switch (instruction.op) {
    case 'input':
      return at(at(inputs, instruction.input), elementOf(at(program.inputs, instruction.input), program, row, column));
    case 'constant':
      return instruction.type === 'float32' ? Math.fround(instruction.value) : instruction.value | 0;
    case 'position':
      return (row * program.columns + column) | 0;
    case 'column':
      return column;
    case 'select':
      return of(instruction.condition) !== 0 ? of(instruction.a) : of(instruction.b);
    case 'toFloat':
    case 'neg':
    case 'abs':
    case 'sqrt':
    case 'reciprocal':
    case 'exp':
    case 'log':
    case 'tanh':
    case 'sigmoid':
    case 'erf':
      return Math.fround(UNARY[instruction.op](of(instruction.a)));
    case 'toInt':
      return of(instruction.a) | 0;
    case 'rowSum':
    case 'rowMax':
      throw new TypeError(`${instruction.op} has no value for one cell.`);
    default:
      return BINARY[instruction.op](of(instruction.a), of(instruction.b));
  }
}

function elementOf({ layout, period = 1 }: RowInput, { columns }: RowProgram, row: number, column: number): number {
  if (layout === 'full') return row * columns + column;
  if (layout === 'repeated') return (row % period) * columns + column;
  return layout === 'perRow' ? row : 0;
}

const UNARY = {
  toFloat: (a: number) => a,
  neg: (a: number) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  reciprocal: (a: number) => 1 / a,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (a: number) => 1 / (1 + Math.exp(-a)),
  erf: errorFunction,
};

const BINARY = {
  add: (a: number, b: number) => Math.fround(a + b),
  sub: (a: number, b: number) => Math.fround(a - b),
  mul: (a: number, b: number) => Math.fround(a * b),
  div: (a: number, b: number) => Math.fround(a / b),
  max: Math.max,
  min: Math.min,
  equal: (a: number, b: number) => Number(a === b),
  less: (a: number, b: number) => Number(a < b),
  lessOrEqual: (a: number, b: number) => Number(a <= b),
  greater: (a: number, b: number) => Number(a > b),
  greaterOrEqual: (a: number, b: number) => Number(a >= b),
  addInt: (a: number, b: number) => (a + b) | 0,
  mulInt: Math.imul,
  xorInt: (a: number, b: number) => a ^ b,
  shiftRight: (a: number, b: number) => (a >>> b) | 0,
};

/**
 * The error function in double precision: its Taylor series near zero, Lentz' continued fraction of erfc elsewhere.
 *
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14.
 */
export function errorFunction(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > 6) return Math.sign(x);
  return Math.abs(x) < 2.5 ? errorSeries(x) : Math.sign(x) * (1 - complementaryFraction(Math.abs(x)));
}

/** 2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)). */
function errorSeries(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 80; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))), from the inside out. */
function complementaryFraction(x: number): number {
  let fraction = x;
  for (let n = 100; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

function at<T>(list: ArrayLike<T>, index: number): T {
  const element = list[index];
  assert(element !== undefined, `Position ${index} must be below ${list.length}.`);
  return element;
}
