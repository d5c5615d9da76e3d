import type { CompiledRowProgram } from './compile-row-program.ts';
import type { Pointer } from '../engines/native/koffi.ts';
import {
  RAX,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
  RSP,
  R8,
  type Label,
  type Register,
  type X64Assembler,
} from './x64-assembler.ts';

/** Where ONNX Runtime's functions begin that a running operator calls. */
export interface ContextFunctions {
  readonly getInput: Pointer;
  readonly getOutput: Pointer;
  readonly getData: Pointer;
  readonly parallelFor: Pointer;
}

/** An operator to write code for. */
export interface OperatorPlan {
  readonly kernel: CompiledRowProgram;
  readonly numInputs: number;
  /** The shape of each output. */
  readonly outputShapes: readonly (readonly number[])[];
  /** How many parts the units are split into for the threads. It does not depend on the number of threads. */
  readonly numParts: number;
  /** Pairs of an input and an output that may share memory. */
  readonly sharing: readonly (readonly [input: number, output: number])[];
}

/** Where the functions of one operator begin. */
export interface OperatorLabels {
  /** `OrtStatus *compute(void *kernel, OrtKernelContext *context)` */
  readonly compute: Label;
  /** `size_t mayShare(int **inputs, int **outputs)` */
  readonly mayShare: Label;
}

/** Writes the code of one operator: the kernel, and what fetches its operands from ONNX Runtime and distributes its units. */
export function emitOperator(code: X64Assembler, plan: OperatorPlan, functions: ContextFunctions): OperatorLabels {
  const kernel = code.newLabel();
  code.align(64);
  const start = code.position;
  code.data(plan.kernel.bytes);
  kernel.offset = start + plan.kernel.entry;
  return { compute: emitCompute(code, plan, { functions, kernel }), mayShare: emitMayShare(code, plan) };
}

interface Callees {
  readonly functions: ContextFunctions;
  readonly kernel: Label;
}

/** The stack holds a handle for the moment and then the table of operands. RBX is the context. A status that is not null is returned at once. */
function emitCompute(code: X64Assembler, plan: OperatorPlan, { functions, kernel }: Callees): Label {
  const shapes = emitShapes(code, plan);
  const part = emitPart(code, plan, kernel);
  const [compute, end] = [code.newLabel(), code.newLabel()];
  const handle = { base: RSP };
  const operand = (index: number) => ({ base: RSP, displacement: 8 + 8 * index });
  const frameBytes = 16 * Math.ceil((8 + 8 * (plan.numInputs + shapes.length)) / 16);
  const callChecked = (target: Pointer): void => {
    code.moveAddress(RAX, target);
    code.call(RAX);
    code.test(RAX);
    code.jumpIf('notEqual', end);
  };
  const fetchData = (index: number): void => {
    code.move(RDI, handle);
    code.loadAddress(RSI, operand(index));
    callChecked(functions.getData);
  };

  code.align(16);
  code.bind(compute);
  code.push(RBX);
  code.arithmeticImmediate('sub', RSP, frameBytes);
  code.move(RBX, RSI);
  for (let index = 0; index < plan.numInputs; index++) {
    emitArguments(code, RBX, index);
    code.loadAddress(RDX, handle);
    callChecked(functions.getInput);
    fetchData(index);
  }
  shapes.forEach(({ label, rank }, index) => {
    emitArguments(code, RBX, index);
    code.loadAddress(RDX, { label });
    code.moveImmediate(RCX, rank);
    code.loadAddress(R8, handle);
    callChecked(functions.getOutput);
    fetchData(plan.numInputs + index);
  });
  if (plan.numParts === 1) {
    code.loadAddress(RDI, operand(0));
    code.moveImmediate(RSI, 0);
    code.call(part);
    code.moveImmediate(RAX, 0);
  } else {
    // ParallelFor(context, part, numParts, 0, operands): it decides itself how many parts a thread takes at once.
    code.move(RDI, RBX);
    code.loadAddress(RSI, { label: part });
    code.moveImmediate(RDX, plan.numParts);
    code.moveImmediate(RCX, 0);
    code.loadAddress(R8, operand(0));
    callChecked(functions.parallelFor);
  }
  code.bind(end);
  code.arithmeticImmediate('add', RSP, frameBytes);
  code.pop(RBX);
  code.return();
  return compute;
}

function emitArguments(code: X64Assembler, context: Register, index: number): void {
  code.move(RDI, context);
  code.moveImmediate(RSI, index);
}

/** `void part(void **operands, size_t index)`: the units of one part. */
function emitPart(code: X64Assembler, { kernel: { numUnits }, numParts }: OperatorPlan, kernel: Label): Label {
  const unitsPerPart = Math.ceil(numUnits / numParts);
  const [part, isEndKnown] = [code.newLabel(), code.newLabel()];
  code.align(16);
  code.bind(part);
  code.multiplyImmediate(RSI, RSI, unitsPerPart);
  code.loadAddress(RDX, { base: RSI, displacement: unitsPerPart });
  code.arithmeticImmediate('cmp', RDX, numUnits);
  code.jumpIf('lessOrEqual', isEndKnown);
  code.moveImmediate(RDX, numUnits);
  code.bind(isEndKnown);
  code.jump(kernel);
  return part;
}

function emitShapes(
  code: X64Assembler,
  { outputShapes }: OperatorPlan,
): readonly { readonly label: Label; readonly rank: number }[] {
  code.align(8);
  return outputShapes.map((shape) => {
    const label = code.newLabel();
    code.bind(label);
    code.data(new Uint8Array(BigInt64Array.from(shape, BigInt).buffer));
    return { label, rank: shape.length };
  });
}

/** Stores the addresses of two lists of positions and returns their length. */
function emitMayShare(code: X64Assembler, { sharing }: OperatorPlan): Label {
  const [mayShare, inputs, outputs] = [code.newLabel(), code.newLabel(), code.newLabel()];
  code.align(8);
  code.bind(inputs);
  code.data(new Uint8Array(Int32Array.from(sharing, ([input]) => input).buffer));
  code.bind(outputs);
  code.data(new Uint8Array(Int32Array.from(sharing, ([, output]) => output).buffer));
  code.align(16);
  code.bind(mayShare);
  code.loadAddress(RAX, { label: inputs });
  code.store({ base: RDI }, RAX);
  code.loadAddress(RAX, { label: outputs });
  code.store({ base: RSI }, RAX);
  code.moveImmediate(RAX, sharing.length);
  code.return();
  return mayShare;
}
