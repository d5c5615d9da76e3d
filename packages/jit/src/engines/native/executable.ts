import * as tf from '@tensorflow/tfjs';
import { JitError } from '../../errors.ts';
import type { UpdatedValue } from '../../fusion/in-place-updates.ts';
import type { ElementArray, Graph, Value } from '../../graph.ts';
import type { Executable } from '../engine.ts';
import { hostBackend, viewOf, type HostBackend, type HostBuffer } from '../host-memory.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { Pointer } from './onnxruntime-library.ts';
import type { NativeSession } from './session.ts';

/** A loop of machine code that runs after the session. */
export interface UpdateKernel {
  readonly inputs: readonly Value[];
  readonly outputs: readonly UpdatedValue[];
  /** @param pointers inputs, then outputs. */
  run(pointers: readonly Pointer[]): Promise<void>;
  dispose(): void;
}

export interface NativePlan {
  /** What the session computes; its outputs are results and what the updates read. */
  readonly main: Graph;
  /** Absent when the updates are all there is. */
  readonly session: NativeSession | undefined;
  readonly updates: readonly UpdateKernel[];
  /** The results of the whole graph, in order. */
  readonly results: readonly Value[];
  readonly donated: readonly boolean[];
  readonly addressOf: (array: ArrayBufferView) => Pointer;
}

/** A collection takes some ten milliseconds. */
const MOVED_BYTES_WORTH_COLLECTING = 64 * 1024 * 1024;

/** Runs a session and then the updates, in place where inputs are donated. */
export class NativeExecutable implements Executable {
  readonly #plan: NativePlan;

  constructor(plan: NativePlan) {
    this.#plan = plan;
  }

  async run(tensors: readonly tf.Tensor[]): Promise<tf.Tensor[]> {
    const { main, session, results } = this.#plan;
    const host = hostBackend();
    const memory = new RunMemory(host);
    try {
      main.inputs.forEach((value, index) => {
        memory.addInput(value, tensors[index]);
      });
      if (memory.numMovedBytes > MOVED_BYTES_WORTH_COLLECTING) collectGarbage();
      // Before the outputs: a result that is an argument has memory of its own under the same value.
      const inputs = main.inputs.map((value) => memory.binding(value));
      for (const output of main.outputs) memory.allocate(output);
      await session?.run(
        inputs,
        main.outputs.map((value) => memory.binding(value)),
      );
    } catch (error) {
      memory.releaseAll();
      throw error;
    }
    await this.#update(memory, tensors);
    const outputs = results.map((value) => memory.take(value));
    tensors.forEach((tensor, index) => {
      if (this.#plan.donated[index] === true && !tensor.isDisposed) tensor.dispose();
    });
    memory.releaseAll();
    return outputs.map((buffer, index) => {
      const value = results[index];
      if (value === undefined)
        throw new JitError('JIT_ENGINE', { message: 'A result is missing.', hint: 'Report this.' });
      return host.adopt(buffer, value);
    });
  }

  dispose(): void {
    this.#plan.session?.dispose();
    for (const update of this.#plan.updates) update.dispose();
  }

  async #update(memory: RunMemory, tensors: readonly tf.Tensor[]): Promise<void> {
    const { main, updates, addressOf } = this.#plan;
    const address = (value: Value): Pointer =>
      addressOf(viewOf(memory.binding(value).buffer, { shape: [1], dtype: value.dtype }));
    for (const update of updates) {
      const { inputs, outputs } = update;
      for (const constant of inputs)
        if (!memory.has(constant)) memory.addConstant(constant, main.constants.get(constant));
      const pointers = inputs.map(address);
      for (const { value, over } of outputs) {
        const tensor = over === undefined ? undefined : tensors[main.inputs.indexOf(over)];
        if (over === undefined || tensor === undefined || !memory.moveInput(over, tensor, value))
          memory.allocate(value);
        pointers.push(address(value));
      }
      await update.run(pointers);
    }
  }
}

/** Which buffer holds which value during a run, and which of them go back to the pool afterwards. */
class RunMemory {
  readonly #host: HostBackend;
  readonly #buffers = new Map<Value, HostBuffer>();
  readonly #bound = new Set<HostBuffer>();
  /** Buffers of tensors that were passed more than once: nothing may be written over them. */
  readonly #shared = new Set<HostBuffer>();
  /** Buffers that this run took from the pool. */
  readonly #taken = new Set<HostBuffer>();
  #numMovedBytes = 0;

  constructor(host: HostBackend) {
    this.#host = host;
  }

  /** Of inputs that came from another backend, which left garbage there. */
  get numMovedBytes(): number {
    return this.#numMovedBytes;
  }

  has(value: Value): boolean {
    return this.#buffers.has(value);
  }

  binding(type: Value): { buffer: HostBuffer; type: Value } {
    const buffer = this.#buffers.get(type);
    if (buffer === undefined)
      throw new JitError('JIT_ENGINE', { message: 'A value has no memory.', hint: 'Report this.' });
    return { buffer, type };
  }

  /** Binds a tensor where it lies. */
  addInput(value: Value, tensor: tf.Tensor | undefined): void {
    if (tensor === undefined)
      throw new JitError('JIT_ARGUMENT', { message: 'An argument is missing.', hint: 'Pass all arguments.' });
    // A tensor of another backend moves here and stays: what is passed again, such as frozen weights, is copied once.
    const isHere = this.#host.bufferOf(tensor) !== undefined;
    if (!isHere) tf.engine().moveData(this.#host, tensor.dataId);
    const own = this.#host.bufferOf(tensor);
    if (own === undefined)
      throw new JitError('JIT_ENGINE', { message: 'An argument did not move.', hint: 'Report this.' });
    if (!isHere) this.#numMovedBytes += own.byteLength;
    if (this.#bound.has(own)) this.#shared.add(own);
    this.#bound.add(own);
    this.#buffers.set(value, own);
  }

  addConstant(value: Value, data: { readonly values: ElementArray; readonly isUniform: boolean } | undefined): void {
    if (data === undefined)
      throw new JitError('JIT_ENGINE', { message: 'A constant is missing.', hint: 'Report this.' });
    const view = viewOf(this.allocate(value), value);
    if (data.isUniform) view.fill(data.values[0] ?? 0);
    else view.set(data.values);
  }

  allocate(value: Value): HostBuffer {
    const buffer = this.#host.memoryPool.allocate(value);
    this.#buffers.set(value, buffer);
    this.#taken.add(buffer);
    return buffer;
  }

  /** Lets a result lie where a donated input lies; false if the input's memory is not its own. */
  moveInput(input: Value, tensor: tf.Tensor, result: Value): boolean {
    const { buffer } = this.binding(input);
    if (this.#shared.has(buffer)) return false;
    if (this.#host.bufferOf(tensor) === buffer) {
      if (this.#host.release(tensor) === undefined) return false;
      this.#taken.add(buffer);
    }
    this.#buffers.set(result, buffer);
    return true;
  }

  /** Gives a value's buffer to the caller. */
  take(value: Value): HostBuffer {
    const { buffer } = this.binding(value);
    this.#taken.delete(buffer);
    return buffer;
  }

  /** Returns what is left to the pool. */
  releaseAll(): void {
    for (const buffer of this.#taken) this.#host.memoryPool.release(buffer);
    this.#taken.clear();
  }
}
