/**
 * A loop nest over a matrix of `rows` x `columns`, as straight-line code: the unit of fusion. What would be a dozen passes over memory becomes one.
 *
 * Every value is either *full* (one element per matrix cell) or *per row* (one element per row). A full value may only be used by later values of
 * the same row, so rows are independent and run on any thread in any order with the same bits. Reductions run over the columns of a row in a fixed
 * order that depends on `columns` only.
 */
export interface RowProgram {
  readonly rows: number;
  readonly columns: number;
  readonly inputs: readonly RowInput[];
  readonly instructions: readonly RowInstruction[];
  /** What is written: positions of instructions. */
  readonly outputs: readonly RowOutput[];
}

/** Element types of operands in memory. Within a program a value is a 32-bit float or, from integer inputs, a 32-bit integer. */
export type RowElementType = 'float32' | 'int32' | 'bool';

/** An operand: how its elements are laid out over the matrix. */
export interface RowInput {
  readonly type: RowElementType;
  /**
   * - `full`: [rows, columns];
   * - `repeated`: [period, columns] with `rows % period === 0`: row r reads row r % period (a bias has period 1, a mask more);
   * - `perRow`: [rows];
   * - `scalar`: one element.
   */
  readonly layout: 'full' | 'repeated' | 'perRow' | 'scalar';
  /** For `repeated`. */
  readonly period?: number;
}

export interface RowOutput {
  readonly instruction: number;
  readonly type: RowElementType;
  /**
   * - `full`: [rows, columns], of a full value;
   * - `perRow`: [rows], of a per-row value;
   * - `columnSums`: [blocks, columns], of a full value: block b holds the sum over the rows of the b-th of `blocks` equal ranges (the last may be
   *   shorter), accumulated in ascending order of rows.
   */
  readonly layout: 'full' | 'perRow' | 'columnSums';
  /** For `columnSums`. Independent of the number of threads, so that results are too. */
  readonly blocks?: number;
}

/** Operators on float values. Per-row and scalar operands are broadcast. `a`, `b`, `c` are positions of earlier instructions. */
export type UnaryOperator = 'neg' | 'abs' | 'sqrt' | 'reciprocal' | 'exp' | 'log' | 'tanh' | 'sigmoid' | 'erf';
export type BinaryOperator = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min';
export type ComparisonOperator = 'equal' | 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual';
/** Operators on integer values, modulo 2^32. `shiftRight` is logical; its `b` is a constant. */
export type IntegerOperator = 'addInt' | 'mulInt' | 'xorInt' | 'shiftRight';

export type RowInstruction =
  | { readonly op: 'input'; readonly input: number }
  /** The value as float32, or as int32 where an integer operator uses it. */
  | { readonly op: 'constant'; readonly value: number; readonly type: 'float32' | 'int32' }
  | { readonly op: UnaryOperator; readonly a: number }
  | { readonly op: BinaryOperator; readonly a: number; readonly b: number }
  /** A truth value, only for `select` or an output of type bool. */
  | { readonly op: ComparisonOperator; readonly a: number; readonly b: number }
  /** `condition ? a : b`; the condition is a comparison or an input of type bool. */
  | { readonly op: 'select'; readonly condition: number; readonly a: number; readonly b: number }
  | { readonly op: IntegerOperator; readonly a: number; readonly b: number }
  /** The position of the cell in the matrix, row * columns + column, modulo 2^32. */
  | { readonly op: 'position' }
  /** The position of the column, as an integer. */
  | { readonly op: 'column' }
  | { readonly op: 'toFloat'; readonly a: number }
  | { readonly op: 'toInt'; readonly a: number }
  /** Over the columns of each row: a per-row value. */
  | { readonly op: 'rowSum' | 'rowMax'; readonly a: number };
