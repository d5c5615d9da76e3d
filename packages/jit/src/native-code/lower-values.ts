import assert from 'node:assert/strict';
import type { ComparisonOperator, RowInput, RowInstruction, RowProgram } from './row-program.ts';
import { isComparison, isReduction, operandsOf, type ValueKind } from './value-kinds.ts';
import type { Address, Value, VectorBlock } from './vector-code.ts';
import { VectorMath } from './vector-math.ts';
import { RCX } from './x64-assembler.ts';

/** What the code of all blocks of a kernel shares. */
export interface LoweringContext {
  readonly program: RowProgram;
  readonly kinds: readonly ValueKind[];
  /** How many instructions and outputs use each value. */
  readonly numUses: readonly number[];
  /** The number of elements of a vector. */
  readonly numLanes: number;
  readonly hasScale: boolean;
  /** Where the values that are computed once per row or call lie. */
  readonly slotOf: (instruction: number) => Address;
  /** The integer position of the first cell of the row, in all lanes; `undefined` where columns count through the whole matrix. */
  readonly rowPosition: Address | undefined;
}

/** Which elements a block of code computes. */
export interface LoweringPosition {
  /** Values of a lower rank are taken from their slots, as are per-row values of a lower level. */
  readonly rank: ValueKind['rank'];
  readonly level: number;
  /** Full values that an earlier loop has left on the stack, by their rows there. */
  readonly kept?: ReadonlyMap<number, number>;
  /** Elements after the current column. */
  readonly offset: number;
  /** Whether some of the lanes are beyond the last column. */
  readonly isTail: boolean;
}

/** Writes the vector code of the values of a program at one position. Each value is computed once, when it is first asked for. */
export class ValueLowering {
  readonly #block: VectorBlock;
  readonly #math: VectorMath;
  readonly #context: LoweringContext;
  readonly #position: LoweringPosition;
  readonly #values = new Map<number, Value>();

  constructor(block: VectorBlock, context: LoweringContext, position: LoweringPosition) {
    this.#block = block;
    this.#math = new VectorMath(block, context);
    this.#context = context;
    this.#position = position;
  }

  value(index: number): Value {
    const known = this.#values.get(index);
    if (known !== undefined) return known;
    const value = this.#find(index) ?? this.#compute(this.#instruction(index));
    this.#values.set(index, value);
    return value;
  }

  #find(index: number): Value | undefined {
    const { kept, offset } = this.#position;
    const row = kept?.get(index);
    if (row !== undefined) return this.#block.load('load', { kind: 'kept', row, offset });
    return this.#isComputedEarlier(index) ? this.#block.reference(this.#context.slotOf(index)) : undefined;
  }

  #isComputedEarlier(index: number): boolean {
    const kind = this.#context.kinds[index];
    const instruction = this.#instruction(index);
    if (instruction.op === 'constant' || kind === undefined) return false;
    if (this.#position.kept?.has(index) === true) return true;
    const isOfEarlierLevel = kind.rank === 'perRow' && (isReduction(instruction) || kind.level < this.#position.level);
    return kind.rank !== this.#position.rank || isOfEarlierLevel;
  }

  #instruction(index: number): RowInstruction {
    const instruction = this.#context.program.instructions[index];
    assert(instruction !== undefined, `There is no instruction ${index}.`);
    return instruction;
  }

  #compute(instruction: RowInstruction): Value {
    const block = this.#block;
    const math = this.#math;
    const of = (index: number): Value => this.value(index);
    switch (instruction.op) {
      case 'input':
        return this.#load(instruction.input);
      case 'constant':
        return instruction.type === 'float32' ? block.float(instruction.value) : block.int(instruction.value);
      case 'neg':
        return math.negate(of(instruction.a));
      case 'abs':
        return math.absolute(of(instruction.a));
      case 'sqrt':
        return block.unary('sqrt', of(instruction.a));
      case 'reciprocal':
      case 'exp':
      case 'log':
      case 'tanh':
      case 'sigmoid':
      case 'erf':
        return math[instruction.op](of(instruction.a));
      case 'add':
      case 'sub':
        return this.#sum(instruction.op, instruction.a, instruction.b);
      case 'mul':
      case 'div':
      case 'addInt':
      case 'mulInt':
        return block.binary(instruction.op, of(instruction.a), of(instruction.b));
      case 'xorInt':
        return block.binary('xor', of(instruction.a), of(instruction.b));
      case 'shiftRight':
        return block.shift('shiftRight', of(instruction.a), this.#constantOf(instruction.b));
      case 'max':
      case 'min':
        return this.#extremum(instruction.op, instruction.a, instruction.b);
      case 'equal':
      case 'less':
      case 'lessOrEqual':
      case 'greater':
      case 'greaterOrEqual':
        return this.#compare(instruction.op, instruction.a, instruction.b);
      case 'select':
        return this.#select(instruction);
      case 'column':
        return this.#column();
      case 'position':
        return this.#cellPosition();
      case 'toFloat':
        return this.#toFloat(instruction.a);
      case 'toInt':
        return this.#toInt(instruction.a);
      case 'rowSum':
      case 'rowMax':
        throw new TypeError('Reductions are computed by loops.');
    }
  }

  #load(input: number): Value {
    const operand: RowInput | undefined = this.#context.program.inputs[input];
    assert(operand !== undefined, `There is no input ${input}.`);
    const { layout, type } = operand;
    const isByte = type === 'bool';
    const elementBytes = isByte ? 1 : 4;
    const isFull = layout === 'full' || layout === 'repeated';
    const address: Address = isFull
      ? { kind: 'element', operand: input, offset: this.#position.offset, elementBytes }
      : layout === 'perRow'
        ? { kind: 'row', operand: input, elementBytes }
        : { kind: 'scalar', operand: input };
    const operation = isFull ? (isByte ? 'loadBytes' : 'load') : isByte ? 'broadcastByte' : 'broadcast';
    const value = this.#block.load(operation, address, this.#position.isTail);
    return isByte ? this.#block.compareInt('compareIntGreater', value, this.#block.int(0)) : value;
  }

  /** `a + b` or `a - b`; a product that is used here only is added without being rounded. */
  #sum(op: 'add' | 'sub', a: number, b: number): Value {
    const block = this.#block;
    const left = this.#singleUseProduct(a);
    if (left !== undefined) {
      const operation = op === 'add' ? 'multiplyAdd' : 'multiplySubtract';
      return block.fused(operation, this.value(left.a), this.value(left.b), this.value(b));
    }
    const right = this.#singleUseProduct(b);
    if (right !== undefined) {
      const operation = op === 'add' ? 'multiplyAdd' : 'negateMultiplyAdd';
      return block.fused(operation, this.value(right.a), this.value(right.b), this.value(a));
    }
    return block.binary(op, this.value(a), this.value(b));
  }

  #singleUseProduct(index: number): { readonly a: number; readonly b: number } | undefined {
    const instruction = this.#instruction(index);
    const isOwn = this.#context.numUses[index] === 1 && !this.#isComputedEarlier(index);
    return instruction.op === 'mul' && isOwn ? instruction : undefined;
  }

  /** With a constant, NaN propagates by itself if the constant comes first. */
  #extremum(op: 'max' | 'min', a: number, b: number): Value {
    const isNumber = (index: number): boolean => {
      const instruction = this.#instruction(index);
      return instruction.op === 'constant' && !Number.isNaN(instruction.value);
    };
    if (isNumber(a)) return this.#block.binary(op, this.value(a), this.value(b));
    if (isNumber(b)) return this.#block.binary(op, this.value(b), this.value(a));
    return this.#math.extremum(op, this.value(a), this.value(b));
  }

  /** A comparison that is used here only never becomes a vector of truth values. */
  #select({ condition, a, b }: { readonly condition: number; readonly a: number; readonly b: number }): Value {
    const block = this.#block;
    const comparison = this.#instruction(condition);
    const isOwn = this.#context.numUses[condition] === 1 && !this.#isComputedEarlier(condition);
    if (!isOwn || !isComparison(comparison)) {
      return block.select(this.value(condition), this.value(a), this.value(b));
    }
    const [left, right] = [this.value(comparison.a), this.value(comparison.b)];
    const [whenTrue, whenFalse] = [this.value(a), this.value(b)];
    if (this.#context.kinds[comparison.a]?.type === 'float32') {
      return block.choose([comparison.op, left, right], whenTrue, whenFalse);
    }
    switch (comparison.op) {
      case 'equal':
        return block.chooseInt(['chooseIntEqual', left, right], whenTrue, whenFalse);
      case 'greater':
        return block.chooseInt(['chooseIntGreater', left, right], whenTrue, whenFalse);
      case 'less':
        return block.chooseInt(['chooseIntGreater', right, left], whenTrue, whenFalse);
      case 'greaterOrEqual':
        return block.chooseInt(['chooseIntGreater', right, left], whenFalse, whenTrue);
      case 'lessOrEqual':
        return block.chooseInt(['chooseIntGreater', left, right], whenFalse, whenTrue);
    }
  }

  #compare(op: ComparisonOperator, a: number, b: number): Value {
    const block = this.#block;
    if (this.#context.kinds[a]?.type === 'float32') return block.compare(op, this.value(a), this.value(b));
    const greater = (left: number, right: number): Value =>
      block.compareInt('compareIntGreater', this.value(left), this.value(right));
    const not = (value: Value): Value => block.binary('xor', value, block.int(-1));
    switch (op) {
      case 'equal':
        return block.compareInt('compareIntEqual', this.value(a), this.value(b));
      case 'greater':
        return greater(a, b);
      case 'less':
        return greater(b, a);
      case 'greaterOrEqual':
        return not(greater(b, a));
      case 'lessOrEqual':
        return not(greater(a, b));
    }
  }

  #column(): Value {
    const { numLanes } = this.#context;
    const offsets = Array.from({ length: numLanes }, (_, lane) => this.#position.offset + lane);
    return this.#block.binary('addInt', this.#block.broadcastRegister(RCX), this.#block.lanes(offsets));
  }

  #cellPosition(): Value {
    const { rowPosition } = this.#context;
    const column = this.#column();
    return rowPosition === undefined
      ? column
      : this.#block.binary('addInt', column, this.#block.reference(rowPosition));
  }

  #toFloat(a: number): Value {
    const type = this.#context.kinds[a]?.type;
    if (type === 'bool') return this.#block.binary('and', this.value(a), this.#block.float(1));
    return type === 'int32' ? this.#block.unary('convertToFloat', this.value(a)) : this.value(a);
  }

  #toInt(a: number): Value {
    const type = this.#context.kinds[a]?.type;
    if (type === 'bool') return this.#block.binary('and', this.value(a), this.#block.int(1));
    return type === 'float32' ? this.#block.unary('truncateToInt', this.value(a)) : this.value(a);
  }

  #constantOf(index: number): number {
    const instruction = this.#instruction(index);
    assert(instruction.op === 'constant', 'The distance of a shift is a constant.');
    return instruction.value;
  }
}

/** How many instructions and outputs use each value of a program. */
export function countUses(program: RowProgram): readonly number[] {
  const numUses = program.instructions.map(() => 0);
  const uses = [...program.instructions.flatMap(operandsOf), ...program.outputs.map((output) => output.instruction)];
  for (const index of uses) numUses[index] = (numUses[index] ?? 0) + 1;
  return numUses;
}
