import { addressOf } from './executable-memory.ts';
import type { Pointer } from '../engines/native/koffi.ts';
import type { OperatorLabels } from './operator-code.ts';
import { RAX, RCX, RDI, RSI, type Label, type X64Assembler } from './x64-assembler.ts';

/** The version of the C API whose form of the structure this is. */
const STRUCTURE_VERSION = 23n;

/** Positions in `OrtCustomOp`, in words of 8 bytes, and behind its end our own data, which the callbacks find by the structure's address. */
const WORD = {
  version: 0,
  getName: 2,
  getExecutionProviderType: 3,
  getInputType: 4,
  getInputTypeCount: 5,
  getOutputType: 6,
  getOutputTypeCount: 7,
  kernelDestroy: 9,
  getInputCharacteristic: 10,
  getOutputCharacteristic: 11,
  getInputMemoryType: 12,
  getVariadicInputMinArity: 13,
  getVariadicInputHomogeneity: 14,
  getVariadicOutputMinArity: 15,
  getVariadicOutputHomogeneity: 16,
  createKernelV2: 17,
  kernelComputeV2: 18,
  getStartVersion: 20,
  getEndVersion: 21,
  getMayInplace: 22,
  releaseMayInplace: 23,
  name: 26,
  numInputs: 27,
  inputTypes: 28,
  numOutputs: 29,
  outputTypes: 30,
} as const;
const NUM_WORDS = 31;

/** The callbacks that are the same for all operators. */
export interface CommonCallbacks {
  readonly zero: Label;
  readonly one: Label;
  readonly greatestInteger: Label;
  readonly name: Label;
  readonly numInputs: Label;
  readonly numOutputs: Label;
  readonly inputType: Label;
  readonly outputType: Label;
  readonly createKernel: Label;
}

/** Writes the callbacks by which ONNX Runtime asks for names, counts and types. Their first argument is the structure, the second an index. */
export function emitCommonCallbacks(code: X64Assembler): CommonCallbacks {
  const emit = (write: () => void): Label => {
    const label = code.newLabel();
    code.align(16);
    code.bind(label);
    write();
    code.return();
    return label;
  };
  const constant = (value: number): Label =>
    emit(() => {
      code.moveImmediate(RAX, value);
    });
  const word = (position: number): Label =>
    emit(() => {
      code.move(RAX, { base: RDI, displacement: 8 * position });
    });
  const element = (position: number): Label =>
    emit(() => {
      code.move(RAX, { base: RDI, displacement: 8 * position });
      code.move(RAX, { base: RAX, index: RSI, scale: 8 });
    });
  return {
    zero: constant(0),
    one: constant(1),
    greatestInteger: constant(2 ** 31 - 1),
    name: word(WORD.name),
    numInputs: word(WORD.numInputs),
    numOutputs: word(WORD.numOutputs),
    inputType: element(WORD.inputTypes),
    outputType: element(WORD.outputTypes),
    // OrtStatus *create(OrtCustomOp *, OrtApi *, OrtKernelInfo *, void **kernel): kernels have no state, so the structure stands for them.
    createKernel: emit(() => {
      code.store({ base: RCX }, RDI);
      code.moveImmediate(RAX, 0);
    }),
  };
}

export interface OperatorDescription {
  readonly name: string;
  /** ONNX's numbers of the element types. */
  readonly inputTypes: readonly number[];
  readonly outputTypes: readonly number[];
}

/**
 * The structure `OrtCustomOp` of an operator, in memory that does not move.
 *
 * @see `onnxruntime_c_api.h`, `struct OrtCustomOp`.
 */
export function createOperatorStructure(
  { name, inputTypes, outputTypes }: OperatorDescription,
  {
    common,
    own,
    addressOfLabel,
  }: { common: CommonCallbacks; own: OperatorLabels; addressOfLabel: (label: Label) => Pointer },
): BigUint64Array {
  const nameBytes = new TextEncoder().encode(`${name}\0`);
  const [inputsAt, outputsAt] = [NUM_WORDS, NUM_WORDS + inputTypes.length];
  const nameAt = outputsAt + outputTypes.length;
  const numWords = nameAt + Math.ceil(nameBytes.length / 8);
  const structure = new BigUint64Array(new SharedArrayBuffer(Math.max(4096, 8 * numWords)));
  const addressOfWord = (position: number): Pointer => addressOf(structure) + BigInt(8 * position);
  structure.set(inputTypes.map(BigInt), inputsAt);
  structure.set(outputTypes.map(BigInt), outputsAt);
  new Uint8Array(structure.buffer).set(nameBytes, 8 * nameAt);

  const callbacks = {
    getName: common.name,
    getExecutionProviderType: common.zero,
    getInputType: common.inputType,
    getInputTypeCount: common.numInputs,
    getOutputType: common.outputType,
    getOutputTypeCount: common.numOutputs,
    kernelDestroy: common.zero,
    getInputCharacteristic: common.zero,
    getOutputCharacteristic: common.zero,
    getInputMemoryType: common.zero,
    getVariadicInputMinArity: common.zero,
    getVariadicInputHomogeneity: common.zero,
    getVariadicOutputMinArity: common.zero,
    getVariadicOutputHomogeneity: common.zero,
    createKernelV2: common.createKernel,
    kernelComputeV2: own.compute,
    getStartVersion: common.one,
    getEndVersion: common.greatestInteger,
    getMayInplace: own.mayShare,
    releaseMayInplace: common.zero,
  } satisfies Partial<Record<keyof typeof WORD, Label>>;
  for (const [field, label] of Object.entries(callbacks)) {
    if (isField(field)) structure[WORD[field]] = addressOfLabel(label);
  }
  structure[WORD.version] = STRUCTURE_VERSION;
  structure[WORD.name] = addressOfWord(nameAt);
  structure[WORD.numInputs] = BigInt(inputTypes.length);
  structure[WORD.inputTypes] = addressOfWord(inputsAt);
  structure[WORD.numOutputs] = BigInt(outputTypes.length);
  structure[WORD.outputTypes] = addressOfWord(outputsAt);
  return structure;
}

function isField(name: string): name is keyof typeof WORD {
  return name in WORD;
}
