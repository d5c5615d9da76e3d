import type {
  BinaryOperator,
  ComparisonOperator,
  IntegerOperator,
  RowInstruction,
  UnaryOperator,
} from '../native-code/row-program.ts';

/** The position of an instruction. */
export type Row = number;

/** Writes the instructions of a row program; equal instructions are written once. */
export class RowBuilder {
  readonly instructions: RowInstruction[] = [];
  readonly #known = new Map<string, Row>();

  emit(instruction: RowInstruction): Row {
    const key = JSON.stringify(instruction, (_, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    );
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = this.instructions.push(instruction) - 1;
    this.#known.set(key, row);
    return row;
  }

  input(input: number): Row {
    return this.emit({ op: 'input', input });
  }

  constant(value: number): Row {
    return this.emit({ op: 'constant', value: Math.fround(value), type: 'float32' });
  }

  integer(value: number): Row {
    return this.emit({ op: 'constant', value: value | 0, type: 'int32' });
  }

  unary(op: UnaryOperator, a: Row): Row {
    return this.emit({ op, a });
  }

  binary(op: BinaryOperator, a: Row, b: Row): Row {
    return this.emit({ op, a, b });
  }

  compare(op: ComparisonOperator, a: Row, b: Row): Row {
    return this.emit({ op, a, b });
  }

  select(condition: Row, a: Row, b: Row): Row {
    return this.emit({ op: 'select', condition, a, b });
  }

  integerOperation(op: IntegerOperator, a: Row, b: Row): Row {
    return this.emit({ op, a, b });
  }

  add(a: Row, b: Row): Row {
    return this.binary('add', a, b);
  }

  sub(a: Row, b: Row): Row {
    return this.binary('sub', a, b);
  }

  mul(a: Row, b: Row): Row {
    return this.binary('mul', a, b);
  }

  rowSum(a: Row): Row {
    return this.emit({ op: 'rowSum', a });
  }

  rowMax(a: Row): Row {
    return this.emit({ op: 'rowMax', a });
  }

  /** The mean over the columns. */
  rowMean(a: Row, columns: number): Row {
    return this.mul(this.rowSum(a), this.constant(1 / columns));
  }
}
