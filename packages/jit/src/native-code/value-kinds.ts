import assert from 'node:assert/strict';
import type { ComparisonOperator, RowElementType, RowInstruction, RowProgram } from './row-program.ts';

/** How often a value has to be computed: once per call, once per row or once per cell. */
export type Rank = 'scalar' | 'perRow' | 'full';

/** What is known of the value of an instruction. */
export interface ValueKind {
  readonly type: RowElementType;
  readonly rank: Rank;
  /** The number of reductions that must be complete, one after the other, before the value can be computed. */
  readonly level: number;
}

/** The positions of the instructions whose values an instruction uses. */
export function operandsOf(instruction: RowInstruction): readonly number[] {
  if ('condition' in instruction) return [instruction.condition, instruction.a, instruction.b];
  if ('b' in instruction) return [instruction.a, instruction.b];
  return 'a' in instruction ? [instruction.a] : [];
}

/**
 * The kinds of all values of a program.
 *
 * @throws {AssertionError} when the program is not sound: it is made by our own passes, so this is a programming error.
 */
export function inferValueKinds(program: RowProgram): readonly ValueKind[] {
  const kinds: ValueKind[] = [];
  program.instructions.forEach((instruction, position) => {
    const operands = operandsOf(instruction).map((operand) => kindAt(kinds, operand, position));
    const level = Math.max(0, ...operands.map((kind) => kind.level));
    kinds.push({
      type: typeOf(program, instruction, operands),
      rank: rankOf(program, instruction, operands),
      level: isReduction(instruction) ? level + 1 : level,
    });
  });
  return kinds;
}

/** Whether an instruction folds the columns of a row into one value. */
export function isReduction(
  instruction: RowInstruction,
): instruction is RowInstruction & { readonly op: 'rowSum' | 'rowMax' } {
  return instruction.op === 'rowSum' || instruction.op === 'rowMax';
}

const COMPARISONS: readonly string[] = [
  'equal',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
] satisfies ComparisonOperator[];

/** Whether an instruction compares two numbers. */
export function isComparison(
  instruction: RowInstruction,
): instruction is RowInstruction & { readonly op: ComparisonOperator } {
  return COMPARISONS.includes(instruction.op);
}

function kindAt(kinds: readonly ValueKind[], operand: number, position: number): ValueKind {
  const kind = kinds[operand];
  assert(kind !== undefined, `Instruction ${position} uses ${operand}, which is not computed before it.`);
  return kind;
}

function typeOf(program: RowProgram, instruction: RowInstruction, operands: readonly ValueKind[]): RowElementType {
  const types = operands.map((kind) => kind.type);
  switch (instruction.op) {
    case 'input': {
      const input = program.inputs[instruction.input];
      assert(input !== undefined, `There is no input ${instruction.input}.`);
      return input.type;
    }
    case 'constant':
      return instruction.type;
    case 'position':
    case 'column':
    case 'toInt':
      return 'int32';
    case 'toFloat':
      return 'float32';
    case 'equal':
    case 'less':
    case 'lessOrEqual':
    case 'greater':
    case 'greaterOrEqual':
      assert(types[0] === types[1] && types[0] !== 'bool', `${instruction.op} compares numbers of one type.`);
      return 'bool';
    case 'select':
      assert(types[0] === 'bool' && types[1] === types[2], 'select chooses between values of one type by a bool.');
      return types[1] ?? 'float32';
    case 'addInt':
    case 'mulInt':
    case 'xorInt':
    case 'shiftRight':
      assert(
        types.every((type) => type === 'int32'),
        `${instruction.op} computes with integers.`,
      );
      return 'int32';
    default:
      assert(
        types.every((type) => type === 'float32'),
        `${instruction.op} computes with floats.`,
      );
      return 'float32';
  }
}

const RANKS: readonly Rank[] = ['scalar', 'perRow', 'full'];

function rankOf(program: RowProgram, instruction: RowInstruction, operands: readonly ValueKind[]): Rank {
  if (instruction.op === 'input') {
    const layout = program.inputs[instruction.input]?.layout ?? 'full';
    return layout === 'repeated' ? 'full' : layout;
  }
  if (instruction.op === 'position' || instruction.op === 'column') return 'full';
  if (isReduction(instruction)) return 'perRow';
  return RANKS[Math.max(0, ...operands.map((kind) => RANKS.indexOf(kind.rank)))] ?? 'full';
}
