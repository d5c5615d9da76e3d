import assert from 'node:assert/strict';
import type { Pointer } from '../engines/native/koffi.ts';
import type { OnnxRuntimeLibrary } from '../engines/native/onnxruntime-library.ts';
import { ONNX_TYPE } from '../onnx/model.ts';
import { compileRowProgram } from './compile-row-program.ts';
import { addressOf, ExecutableMemory } from './executable-memory.ts';
import { sizeOfOutput } from './interpret-row-program.ts';
import { nativeCodeSupport } from './native-code-support.ts';
import { emitOperator, type OperatorPlan } from './operator-code.ts';
import { createOperatorStructure, emitCommonCallbacks, type OperatorDescription } from './operator-structure.ts';
import type { RowProgram } from './row-program.ts';
import { X64Assembler, type VectorEncoding } from './x64-assembler.ts';

/** The domain of the nodes. */
export const OPERATOR_DOMAIN = 'cloze';

/** The number of cells times instructions from which on a second thread pays: about 20 microseconds of work. */
const WORK_PER_PART = 2 ** 17;
const MAX_PARTS = 64;

interface Operator {
  readonly description: OperatorDescription;
  readonly plan: OperatorPlan;
}

/**
 * Compiled programs as operators of ONNX Runtime. Its threads call the machine code directly; JavaScript takes no part in a run.
 *
 * @example
 * const operators = new CustomOperators(library);
 * const operator = operators.add(program, { outputShapes: [[8, 64]] });
 * // a model with a node { domain: OPERATOR_DOMAIN, operator, ... } and OPERATOR_DOMAIN among its operator sets, version 1
 * operators.attach(sessionOptions);
 * // create, run and release the session
 * operators.dispose();
 */
export class CustomOperators {
  readonly #library: OnnxRuntimeLibrary;
  readonly #encoding: VectorEncoding;
  readonly #operators = new Map<string, Operator>();
  #domain: OperatorDomain | undefined;

  /** @throws {Error} when native code is not available; ask `nativeCodeSupport()` first. */
  constructor(library: OnnxRuntimeLibrary) {
    const support = nativeCodeSupport();
    if (!support.isAvailable) throw new Error(`Native code is not available: ${support.reason}.`);
    this.#library = library;
    this.#encoding = support.encoding;
  }

  /**
   * Compiles a program, unless it already has been, and gives the name of its operator. All operators are added before the first `attach`.
   *
   * @param outputShapes the shape of each output, with as many elements as its layout says.
   */
  add(program: RowProgram, { outputShapes }: { outputShapes: readonly (readonly number[])[] }): string {
    assert(this.#domain === undefined, 'Operators are added before the first session.');
    const key = JSON.stringify([program, outputShapes]);
    const known = this.#operators.get(key);
    if (known !== undefined) return known.description.name;
    const description = {
      name: `Loop${this.#operators.size}`,
      inputTypes: program.inputs.map(({ type }) => ONNX_TYPE[type]),
      outputTypes: program.outputs.map(({ type }) => ONNX_TYPE[type]),
    };
    this.#operators.set(key, { description, plan: planOperator(program, outputShapes, this.#encoding) });
    return description.name;
  }

  /** Makes the operators known to the sessions that are created with these options. */
  attach(sessionOptions: Pointer): void {
    this.#domain ??= new OperatorDomain(this.#library, [...this.#operators.values()]);
    this.#library.call('AddCustomOpDomain', sessionOptions, this.#domain.pointer);
  }

  /** After all sessions with the operators have been released. */
  dispose(): void {
    this.#domain?.dispose();
    this.#domain = undefined;
  }
}

function planOperator(
  program: RowProgram,
  outputShapes: readonly (readonly number[])[],
  encoding: VectorEncoding,
): OperatorPlan {
  program.outputs.forEach((output, index) => {
    const size = outputShapes[index]?.reduce((product, length) => product * length, 1);
    assert(
      size === sizeOfOutput(program, output),
      `Output ${index} has ${sizeOfOutput(program, output)} elements, not ${size}.`,
    );
  });
  const kernel = compileRowProgram(program, encoding);
  const work = program.rows * program.columns * program.instructions.length;
  const numParts = Math.max(1, Math.min(MAX_PARTS, kernel.numUnits, Math.floor(work / WORK_PER_PART)));
  return { kernel, numInputs: program.inputs.length, outputShapes, numParts, sharing: findSharing(program) };
}

/** A full output may lie where a full input of the same type does, because an element's inputs are read before its outputs are written. */
function findSharing({ inputs, outputs }: RowProgram): readonly (readonly [number, number])[] {
  const taken = new Set<number>();
  return outputs.flatMap(({ layout, type }, output): (readonly [number, number])[] => {
    const input = inputs.findIndex(
      (other, index) => other.layout === 'full' && other.type === type && !taken.has(index),
    );
    if (layout !== 'full' || input < 0) return [];
    taken.add(input);
    return [[input, output]];
  });
}

/** The operators as ONNX Runtime knows them: code and structures that live as long as the domain. */
class OperatorDomain {
  readonly pointer: Pointer;
  readonly #library: OnnxRuntimeLibrary;
  readonly #memory: ExecutableMemory;
  readonly #structures: readonly BigUint64Array[];

  constructor(library: OnnxRuntimeLibrary, operators: readonly Operator[]) {
    this.#library = library;
    const code = new X64Assembler();
    const common = emitCommonCallbacks(code);
    const functions = {
      getInput: library.addressOfFunction('KernelContext_GetInput'),
      getOutput: library.addressOfFunction('KernelContext_GetOutput'),
      getData: library.addressOfFunction('GetTensorMutableData'),
      parallelFor: library.addressOfFunction('KernelContext_ParallelFor'),
    };
    const labels = operators.map(({ plan }) => emitOperator(code, plan, functions));
    this.#memory = new ExecutableMemory(code.finish());
    const addressOfLabel = ({ offset }: { readonly offset: number | undefined }): Pointer =>
      this.#memory.address + BigInt(offset ?? 0);
    this.#structures = operators.flatMap(({ description }, index) => {
      const own = labels[index];
      return own === undefined ? [] : [createOperatorStructure(description, { common, own, addressOfLabel })];
    });
    this.pointer = library.create('CreateCustomOpDomain', OPERATOR_DOMAIN);
    for (const structure of this.#structures) library.call('CustomOpDomain_Add', this.pointer, addressOf(structure));
  }

  dispose(): void {
    this.#library.release('ReleaseCustomOpDomain', this.pointer);
    this.#memory.free();
  }
}
