import { allocateLoop } from './allocate-loop.ts';
import { allocateRegisters, type AllocatedInstruction, type AllocationOptions } from './allocate-registers.ts';
import { ConstantPool } from './constant-pool.ts';
import { encodeVectorCode, TAIL_MASK } from './encode-vector-code.ts';
import { KernelFrame } from './kernel-frame.ts';
import { countUses, ValueLowering, type LoweringContext, type LoweringPosition } from './lower-values.ts';
import type { RowProgram } from './row-program.ts';
import { inferValueKinds, type ValueKind } from './value-kinds.ts';
import { VectorBlock, type Address } from './vector-code.ts';
import { RAX, X64Assembler, type VectorEncoding } from './x64-assembler.ts';

/** The code of a kernel while it is written, and what all its parts share. */
export class KernelCode {
  readonly program: RowProgram;
  readonly kinds: readonly ValueKind[];
  readonly code: X64Assembler;
  readonly frame: KernelFrame;
  /** The number of elements of a vector. */
  readonly numLanes: number;
  readonly numRegisters: number;
  readonly numUses: readonly number[];
  readonly #constants: ConstantPool;
  readonly #slots = new Map<number, Address>();
  readonly #tailLanes: number;
  readonly #context: LoweringContext;

  /** @param tailLanes the number of elements that are left when whole vectors are done. */
  constructor(
    program: RowProgram,
    {
      encoding,
      rowLength,
      countsThroughMatrix,
    }: { encoding: VectorEncoding; rowLength: number; countsThroughMatrix: boolean },
  ) {
    this.program = program;
    this.kinds = inferValueKinds(program);
    this.numUses = countUses(program);
    this.code = new X64Assembler(encoding);
    this.numLanes = this.code.width / 32;
    // The last register is for the encoder.
    this.numRegisters = (encoding === 'evex' ? 32 : 16) - 1;
    this.frame = new KernelFrame(this.code, program.inputs.length + program.outputs.length);
    this.#constants = new ConstantPool(this.numLanes);
    this.#tailLanes = rowLength % this.numLanes;
    this.#context = {
      program,
      kinds: this.kinds,
      numUses: this.numUses,
      numLanes: this.numLanes,
      hasScale: encoding === 'evex',
      slotOf: (instruction) => this.slotOf(instruction),
      rowPosition: countsThroughMatrix ? undefined : this.frame.newSlot(),
    };
  }

  get tailLanes(): number {
    return this.#tailLanes;
  }

  get rowPosition(): Address | undefined {
    return this.#context.rowPosition;
  }

  /** Where the value of an instruction lies that is computed once per row or call. */
  slotOf(instruction: number): Address {
    const slot = this.#slots.get(instruction) ?? this.frame.newSlot();
    this.#slots.set(instruction, slot);
    return slot;
  }

  newBlock(): VectorBlock {
    return new VectorBlock(this.#constants);
  }

  lower(block: VectorBlock, position: LoweringPosition): ValueLowering {
    return new ValueLowering(block, this.#context, position);
  }

  /** Writes a block. Its `numFixed` fixed registers are the last ones below the encoder's own. */
  emit(block: VectorBlock, numFixed = 0): void {
    this.#encode(allocateRegisters(block, this.#allocationOptions(numFixed)));
  }

  /** Writes a block that runs often, with what it reads from memory all the time loaded before the loop that `writeLoop` writes around it. */
  emitLoop(block: VectorBlock, numFixed: number, writeLoop: (emitBody: () => void) => void): void {
    const { before, body } = allocateLoop(block, this.#allocationOptions(numFixed));
    this.#encode(before);
    writeLoop(() => {
      this.#encode(body);
    });
  }

  #allocationOptions(numFixed: number): AllocationOptions {
    return { numRegisters: this.numRegisters - numFixed, newSlot: () => this.frame.newSlot() };
  }

  #encode(instructions: readonly AllocatedInstruction[]): void {
    encodeVectorCode(instructions, {
      code: this.code,
      constants: this.#constants,
      resolve: (address) =>
        address.kind === 'constant'
          ? { label: this.#constants.labelOf(address.constant) }
          : this.frame.resolve(address),
      scratch: this.numRegisters,
      tailLanes: this.#tailLanes,
    });
  }

  /** Sets up the mask of the tails, which lasts for the whole kernel. */
  emitTailMask(): void {
    if (this.code.encoding === 'vex' || this.#tailLanes === 0) return;
    this.code.moveImmediate(RAX, 2 ** this.#tailLanes - 1);
    this.code.moveToMask(TAIL_MASK, RAX);
  }

  /** Appends the function's entry and the constants, and gives the code and the position of the entry. */
  finish(writeBody: () => void): { readonly bytes: Uint8Array; readonly entry: number } {
    const body = this.code.newLabel();
    this.code.bind(body);
    this.emitTailMask();
    writeBody();
    this.frame.leave();
    this.code.align(16);
    const entry = this.code.newLabel();
    this.code.bind(entry);
    this.frame.enter(body);
    this.#constants.emit(this.code);
    return { bytes: this.code.finish(), entry: entry.offset ?? 0 };
  }
}
