import type { Label, X64Assembler } from './x64-assembler.ts';

/** The vectors that a kernel's code refers to, each once. They lie behind the code. */
export class ConstantPool {
  readonly #lanes: number;
  readonly #vectors: { readonly bits: Int32Array<ArrayBuffer>; readonly label: Label }[] = [];
  readonly #positions = new Map<string, number>();

  /** @param numLanes the number of 32-bit elements of a vector. */
  constructor(numLanes: number) {
    this.#lanes = numLanes;
  }

  /** The position of the vector with this float in all lanes. */
  float(value: number): number {
    const [bits = 0] = new Int32Array(Float32Array.of(value).buffer);
    return this.int(bits);
  }

  int(value: number): number {
    return this.lanes(new Array<number>(this.#lanes).fill(value));
  }

  lanes(values: readonly number[]): number {
    const bits = Int32Array.from(values);
    const key = bits.join();
    const position = this.#positions.get(key) ?? this.#vectors.push({ bits, label: { offset: undefined } }) - 1;
    this.#positions.set(key, position);
    return position;
  }

  labelOf(position: number): Label {
    const vector = this.#vectors[position];
    if (vector === undefined) throw new RangeError(`There is no constant ${position}.`);
    return vector.label;
  }

  /** Writes all vectors, aligned to their size. */
  emit(code: X64Assembler): void {
    code.align(4 * this.#lanes);
    for (const { bits, label } of this.#vectors) {
      code.bind(label);
      code.data(new Uint8Array(bits.buffer));
    }
  }
}
